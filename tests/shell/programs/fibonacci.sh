a=0 b=1 i=0
while [ $i -lt 15 ]; do printf '%d ' $a; c=$((a+b)) a=$b b=$c; i=$((i+1)); done
echo
