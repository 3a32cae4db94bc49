cat <<E
$(echo one) `echo two` $((1+2))
E
