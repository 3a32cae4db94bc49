f() { return; }; false; f; echo $?
f() { echo $#; shift; echo $1; }; f a b; echo $#
f() (x=sub; exit 3); x=out; f; echo $? $x
f() { g() { echo inner; }; }; f; g
f() { echo one; }; f() { echo two; }; f
f() if true; then echo cond; fi; f
f() for i in "$@"; do echo $i; done; f 1 2
f() { echo "$0" > /dev/null; echo "$@"; }; f "a b" c
f() { local x=in; echo $x; }; x=out; f; echo $x
f() { [ $1 -gt 0 ] && { echo $1; f $(($1 - 1)); }; }; f 3; echo $?
unset -f f; f 2>/dev/null; echo $?
cd() { command cd "$@" && echo moved; }; cd .; unset -f cd
f() { cat; }; echo piped | f
f() { false; true; }; f && echo yes
