: > a.c
echo "*.c" '*.c' \*.c *".c" "a"*
