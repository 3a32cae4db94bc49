echo hello > f
exec 3<> f
read x <&3
echo world >&3
exec 3>&-
cat f
echo $x
