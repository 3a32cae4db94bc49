{ echo out; echo err >&2; } 2>&1 > f | cat
echo --
cat f
