trap 'echo two' 15
kill -15 $$
trap 15
echo end
