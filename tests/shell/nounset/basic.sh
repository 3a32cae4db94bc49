set -u
x=1
echo $x ${y-ok}
(echo $y; echo never)
echo $?
