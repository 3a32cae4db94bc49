echo "$(echo "a b" 'c"d')" "x$(echo ")")y"
