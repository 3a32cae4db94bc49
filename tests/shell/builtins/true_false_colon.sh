true; echo $?
false; echo $?
:; echo $?
true a b; echo $?
