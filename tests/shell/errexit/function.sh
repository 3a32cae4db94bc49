f() { false; echo in; }
set -e
f || echo failed
if f; then echo ok; fi
f
echo never
