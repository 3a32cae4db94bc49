eval 'echo a; echo b'
eval; echo $?
eval 'false'; echo $?
eval 'echo "x' ; echo never
