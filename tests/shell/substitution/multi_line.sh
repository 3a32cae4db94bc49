x=$(
  for i in 1 2
  do
    echo "n $i"
  done
)
echo "$x"
