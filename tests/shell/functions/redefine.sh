f() { echo one; }
f
f() { echo two; }
f
f() { unset -f f; echo last; }
f
f 2>/dev/null; echo $?
