i=0
{ while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); done; } | { n=0; while read l; do n=$((n+l)); done; echo $n; }
