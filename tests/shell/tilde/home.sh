HOME=/some/where
echo ~ ~/x "~" \~ a~ x=~
