x=v
cat <<E
a $x ${x}b \$x \\ "q" 'r'
E
