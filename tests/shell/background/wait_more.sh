wait 999999; echo $?
sh -c 'exit 7' & p=$!; wait $p; echo $?
(exit 3) & a=$!; (exit 4) & b=$!; wait $b $a; echo $?
wait; echo $?
sleep 100 & kill $!; wait $!; echo $?
true & wait $! && echo ok
x=$(sh -c 'exit 2' & wait $!; echo $?); echo $x
