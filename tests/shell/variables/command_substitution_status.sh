x=$(false); echo $?
x=$(true); echo $?
x=$(exit 3) ; echo $?
echo $(exit 4) $?
