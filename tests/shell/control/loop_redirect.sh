for i in 1 2 3; do echo $i; done > f
while read l; do echo "<$l>"; done < f
if true; then echo x; fi > g
cat g
