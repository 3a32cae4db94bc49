set -- 5 3 9 1 7 2
sorted=
while [ $# -gt 0 ]; do
  min=$1
  for i in "$@"; do [ $i -lt $min ] && min=$i; done
  sorted="$sorted$min "
  rest=
  for i in "$@"; do if [ $i != $min ]; then rest="$rest $i"; fi; done
  set -- $rest
done
echo $sorted
