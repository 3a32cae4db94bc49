echo one > f
echo two >> f
cat f
cat < f > g
cat g
echo three >f
cat <f
