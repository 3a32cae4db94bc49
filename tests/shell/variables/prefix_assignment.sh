x=outer
f() { echo "in $x"; }
x=inner f
echo $x
x=env sh -c 'echo $x'
echo $x
