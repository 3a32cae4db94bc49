x=1
(x=2; echo $x)
echo $x
(exit 5); echo $?
(cd /; pwd)
