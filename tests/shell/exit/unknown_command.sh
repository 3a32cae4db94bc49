no-such-command-at-all 2>/dev/null
echo $?
./no-such-file 2>/dev/null
echo $?
