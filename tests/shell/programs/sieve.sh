n=50
i=2
while [ $i -le $n ]; do
  j=2 prime=1
  while [ $((j*j)) -le $i ]; do
    [ $((i%j)) = 0 ] && { prime=0; break; }
    j=$((j+1))
  done
  [ $prime = 1 ] && printf '%s ' $i
  i=$((i+1))
done
echo
