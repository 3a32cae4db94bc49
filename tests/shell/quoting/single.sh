echo 'a b  c' '$x' '\n' | cat
printf '%s\n' 'a"b' 'c\d'
