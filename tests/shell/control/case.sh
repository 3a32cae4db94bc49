for w in apple banana cherry '' 'a b' x; do
  case $w in
    a*e) echo "1 $w";;
    banana|cherry) echo "2 $w";;
    '') echo empty;;
    "a b") echo blank;;
    *) echo other;;
  esac
done
