x=v
cat <<'E'
a $x $(echo no) \n
E
cat <<\F
$x
F
cat <<"G"
$x
G
