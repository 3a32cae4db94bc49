cd /
pwd
cd /tmp
pwd
cd - > /dev/null
pwd
cd /none 2>/dev/null; echo $?
echo $OLDPWD
