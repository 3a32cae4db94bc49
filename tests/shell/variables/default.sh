unset x; e=
echo ${x-a} ${e-b} ${x:-c} ${e:-d} "${x-}"
