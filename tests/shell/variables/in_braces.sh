x=a
echo ${x}b $x-b "${x}c" ${x}$x
