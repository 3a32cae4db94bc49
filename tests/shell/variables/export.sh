a=1
sh -c 'echo "<$a>"'
export a
sh -c 'echo "<$a>"'
export b=2
sh -c 'echo "<$b>"'
a=3
sh -c 'echo "<$a>"'
