trap 'echo outer' EXIT
(echo in; trap)
(trap 'echo inner' EXIT; echo body)
x=$(trap 'echo sub' EXIT; echo text); echo "$x"
trap 'echo usr1' USR1
(kill -USR1 $$); echo after
sh -c 'trap "echo child" EXIT; exit 4'; echo $?
(trap '' USR2; sh -c 'kill -USR2 $$; echo ignored')
f() { trap 'echo set in f' EXIT; }; (f; echo leaving)
(trap 'echo bye; exit 7' EXIT; exit 3); echo $?
trap - USR1; trap
{ trap 'echo piped' EXIT; echo x; } | cat
