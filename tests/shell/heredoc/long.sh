i=0; x=
while [ $i -lt 300 ]; do x="$x line $i of a long text;"; i=$((i+1)); done
y=$(cat <<E
$x
E
)
[ "$y" = "$x" ] && echo same ${#y}
