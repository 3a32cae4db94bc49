sh -c 'readonly x=1; x=2; echo never' 2>/dev/null
echo $?
