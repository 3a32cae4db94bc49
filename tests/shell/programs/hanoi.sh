moves=0
hanoi() { if [ $1 -gt 0 ]; then hanoi $(($1-1)) $2 $4 $3; moves=$((moves+1)); hanoi $(($1-1)) $4 $3 $2; fi; }
hanoi 6 A B C
echo $moves
