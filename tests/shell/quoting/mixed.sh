x=1
printf '<%s>\n' a'b'"c$x"d'$x'\$x
