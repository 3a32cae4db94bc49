cat <<E
E
echo $?
