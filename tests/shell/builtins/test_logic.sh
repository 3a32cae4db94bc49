[ a = a -a b = b ] && echo 1
[ a = b -o b = b ] && echo 2
[ \( a = b -o b = b \) -a c = c ] && echo 3
[ ! \( a = b \) ] && echo 4
[ a = a ] && [ b = b ] && echo 5
[ '(' = '(' ] && echo 6
[ -n = -n ] && echo 7
[ '!' = x ] || echo 8
