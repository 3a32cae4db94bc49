x='two  words'
printf '<%s>\n' "$x" "a\"b" "a\$x" "a\\b" "a\`b"
