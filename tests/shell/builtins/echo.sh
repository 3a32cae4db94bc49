echo a  b 'c  d'
echo -n no newline
echo
echo 'a\tb' 'c\nd' 'e\\f'
echo -e x
