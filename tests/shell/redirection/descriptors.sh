{ echo out; echo err >&2; } > f 2>&1
cat f
{ echo out; echo err >&2; } 2> e > o
cat o e
