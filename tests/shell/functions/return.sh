f() { return 3; echo never; }
f; echo $?
g() { false; return; }
g; echo $?
h() { true; }
h; echo $?
