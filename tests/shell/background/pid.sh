sleep 0 &
[ "$!" -gt 1 ] && echo yes
wait $!
echo $?
wait 99999 2>/dev/null
echo $?
