# Signals that a script catches.
trap 'echo caught' USR1
kill -USR1 $$
(kill -USR1 $$)
wait
trap '' USR1; kill -USR1 $$; echo ignored
trap 'echo bye' EXIT
(trap - EXIT; trap 'echo inner' EXIT; true)
trap 'echo term; exit 5' TERM
sh -c "kill -TERM $$"
while :; do :; done
