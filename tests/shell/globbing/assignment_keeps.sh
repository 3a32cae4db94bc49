: > a.c
x=*.c
echo "$x" $x
