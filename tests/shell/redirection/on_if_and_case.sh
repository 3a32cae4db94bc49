case x in x) echo in;; esac > f
if read l; then echo "got $l"; fi < f
while read l; do echo "line $l"; done <<E
1
2
E
