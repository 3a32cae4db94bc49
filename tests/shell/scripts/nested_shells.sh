sh -c 'sh -c "sh -c \"echo deep; exit 3\"; exit \$?"; exit $?'
echo $?
