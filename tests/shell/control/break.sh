for i in 1 2 3; do for j in a b c; do [ $j = b ] && break; echo $i$j; done; [ $i = 2 ] && break; done
for i in 1 2; do for j in 1 2; do break 2; done; done; echo $i $j
