(exit 3) &
wait $!
echo $?
true &
wait
echo $?
