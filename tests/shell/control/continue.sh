for i in 1 2 3 4; do [ $i = 2 ] && continue; echo $i; done
for i in 1 2; do for j in a b; do [ $j = a ] && continue 2; echo never; done; echo never; done
echo end
