cat < none 2>/dev/null
echo $?
echo x > none/none 2>/dev/null
echo $?
