f() { echo out; echo err >&2; } > fn.out
f 2>/dev/null
cat fn.out
