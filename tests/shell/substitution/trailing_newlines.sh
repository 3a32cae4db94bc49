x=$(printf 'a\n\n\n')
echo "<$x>"
x=$(printf '\n\na\n')
echo "<$x>"
