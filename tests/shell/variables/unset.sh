a=1
unset a
echo "<${a-unset}>"
unset nothing
echo $?
