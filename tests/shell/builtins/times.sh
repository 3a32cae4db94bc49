times > f
n=0; while read l; do n=$((n+1)); done < f
echo $n
