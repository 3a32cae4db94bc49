IFS=:
x=:a
for i in $x; do echo "<$i>"; done
