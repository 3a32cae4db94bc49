echo 'echo from stdin; x=1; echo $x' | sh
echo 'echo $1' | sh -s arg
