f() { :; }
type cd
type f
type if
type none > /dev/null 2>&1; echo $?
