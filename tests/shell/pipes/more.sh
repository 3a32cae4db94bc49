false | true; echo $?
true | false; echo $?
! true | false; echo $?
! false; echo $?
exit 3 | true; echo $?
echo a | { read x; echo "in $x"; }; echo "out [$x]"
echo b | while read x; do y=$x; done; echo "[$y]"
(exit 5) | (exit 6); echo $?
echo c | cat | cat | cat
{ echo d; echo e >&2; } 2>&1 | sort
yes | head -n 2
