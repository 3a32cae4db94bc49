cat <<E
one\
two
three\\
E
