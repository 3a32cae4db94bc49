wait 12345 2>/dev/null; echo $?
