_a=1 a_b=2 A1=3
echo $_a $a_b $A1 ${_a}x
