exec 2>&1
x=1 PS4='<$x> '
set -x
echo a
x=2
echo b
set +x
PS4='$(echo sub) '
set -x
true
set +x
echo $?
