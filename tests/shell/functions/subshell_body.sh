x=1
f() (x=2; echo $x)
f
echo $x
