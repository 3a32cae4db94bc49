a='x  y'
b=$a
echo "$b"
c=$(echo 'p  q')
echo "$c"
