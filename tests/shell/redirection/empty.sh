> f
cat f
echo $?
: > g
[ -s g ] || echo empty
