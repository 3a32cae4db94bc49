: > a.c; : > b.c
p='*.c'
echo $p "$p"
for f in $p; do echo "<$f>"; done
