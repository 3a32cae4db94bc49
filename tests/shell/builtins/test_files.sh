: > e; echo x > f; mkdir d
[ -e e ] && echo 1
[ -f f ] && echo 2
[ -d d ] && echo 3
[ -s f ] && echo 4
[ ! -s e ] && echo 5
[ -r f ] && echo 6
[ -d f ] || echo 7
[ -e none ] || echo 8
[ -c /dev/null ] && echo 9
[ f -ef ./f ] && echo 10
[ -w f ] && echo 11
[ -x d ] && echo 12
