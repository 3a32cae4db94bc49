trap '' TERM
kill -TERM $$
echo alive
