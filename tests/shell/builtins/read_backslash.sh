printf 'a\\ b c\\\nd\n' > f
read x y < f; echo "<$x><$y>"
read -r x y < f; printf '<%s><%s>\n' "$x" "$y"
