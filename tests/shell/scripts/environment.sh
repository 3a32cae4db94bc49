A=1 B='x y' sh -c 'echo $A "$B"'
echo "<$A>"
