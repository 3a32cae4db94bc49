HOME=/h
x=~/a y=/b:~/c
echo $x $y
