set -e
true && false || echo x
echo a
true && false
echo b
