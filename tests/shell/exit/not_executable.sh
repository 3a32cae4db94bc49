echo 'echo hi' > f
./f 2>/dev/null
echo $?
