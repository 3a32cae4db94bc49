for i in 1 2; do echo $i; done | { while read l; do echo "got $l"; done; echo done; }
