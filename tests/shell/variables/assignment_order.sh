a=1
b=$a a=2 c=$a
echo $a $b $c
