unset x; e=; s=1
echo "<${x+a}>" "<${e+b}>" "<${x:+c}>" "<${e:+d}>" "<${s:+e}>"
