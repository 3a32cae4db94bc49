(exit); echo $?
(exit 0); echo $?
(false; exit); echo $?
(exit 255); echo $?
sh -c 'exit 3'; echo $?
