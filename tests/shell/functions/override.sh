echo() { command echo "mine: $*"; }
echo hi
unset -f echo
echo hi
