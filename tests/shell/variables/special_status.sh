true; echo $?
false; echo $?
(exit 7); echo $?
sh -c 'exit 300'; echo $?
