x='a b'
for i in 1$x'2 3'$x; do echo "<$i>"; done
