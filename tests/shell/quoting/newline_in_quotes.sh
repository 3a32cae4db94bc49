x='one
two'
printf '<%s>\n' "$x" $x
