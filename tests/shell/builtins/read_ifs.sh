echo 'a:b:c:d' > f
IFS=: read x y z < f; echo "<$x><$y><$z>"
echo '  lead trail  ' > f
IFS= read x < f; echo "<$x>"
read x < f; echo "<$x>"
echo 'a,,b' > f
IFS=, read x y z < f; echo "<$x><$y><$z>"
