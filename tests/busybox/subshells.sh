# What a subshell has of its own.
x=1; (x=2; cd /tmp; echo $x); echo $x; pwd
{ echo grouped; x=3; }; echo $x
(exit 7); echo $?
echo $(x=5; echo $x) $x
