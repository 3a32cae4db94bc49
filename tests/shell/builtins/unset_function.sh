f() { echo f; }
f=var
unset f
f
unset -f f
f 2>/dev/null; echo $?
