x=1
echo 2 | read x
echo a | { x=3; cat; }
echo $x
