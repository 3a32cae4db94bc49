x='a b'
case $x in 'a b') echo one;; esac
y=$x
echo "$y"
