[ a = a ] && echo 1
[ a != b ] && echo 2
[ -n x ] && echo 3
[ -z '' ] && echo 4
[ x ] && echo 5
[ '' ] || echo 6
[ ! a = b ] && echo 7
test a = b || echo 8
[ ] || echo 9
[ -n ] && echo 10
[ ! '' ] && echo 11
