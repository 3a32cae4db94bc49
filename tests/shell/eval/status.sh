eval false; echo $?
eval 'exit 3' | cat
eval '(exit 4)'; echo $?
