sh -c 'if' 2>/dev/null; echo $?
sh -c 'echo a; fi' 2>/dev/null; echo $?
eval 'x=1' ; echo $?
