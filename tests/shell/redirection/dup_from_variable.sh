exec 5>&1
n=5
echo via >&$n
exec 5>&-
