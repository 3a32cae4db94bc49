trap 'echo parent' EXIT
(echo child)
trap - EXIT
echo end
