:
: a b c
true; false; :
echo $?
