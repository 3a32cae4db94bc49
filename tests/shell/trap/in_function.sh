f() { trap 'echo done' EXIT; echo in; }
f
echo out
