command echo hi
echo() { printf 'mine %s\n' "$*"; }
echo a
command echo b
unset -f echo
command -v echo; command -v cat > /dev/null && echo found
command -v if; command -v nothing_here; echo $?
alias ll='ls -l'; command -v ll
f() { :; }; command -v f
command nothing_here; echo $?
command -p echo path
x=1; command x=2; echo $? $x
command export y=3; echo $y
command readonly z=1; command readonly z=2; echo "on $?"
command . /nonexistent/file; echo "still here"
command exit 3
