echo 'a\cb' c
echo
