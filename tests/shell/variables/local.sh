x=global
f() { local x=local y; y=1; echo $x $y; g; }
g() { echo $x; }
f
echo $x "<$y>"
