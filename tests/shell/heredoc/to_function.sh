f() { while read l; do echo "<$l>"; done; }
f <<E
x y
z
E
