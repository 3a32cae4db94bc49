sh -c 'shift 5; echo never' 2>/dev/null; echo $?
sh -c '. ./nowhere; echo never' 2>/dev/null; echo $?
