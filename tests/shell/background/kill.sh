sh -c 'while :; do :; done' &
kill $!
wait $! 2>/dev/null
echo $?
