echo 'a b c' > f
read x < f; echo "<$x>"
read x y < f; echo "<$x><$y>"
read x y z w < f; echo "<$x><$y><$z><$w>"
read x < /dev/null; echo $?
