trap 'exit 9' TERM
kill $$
echo never
