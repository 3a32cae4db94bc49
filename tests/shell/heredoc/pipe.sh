cat <<E | while read l; do echo "<$l>"; done
a
b
E
