> f echo a
cat f
< f cat
2>/dev/null >>f echo b
cat f
