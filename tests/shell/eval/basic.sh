x='echo hi; y=5'
eval "$x"
echo $y
eval 'a=1' 'b=2'
echo $a$b
eval; echo $?
