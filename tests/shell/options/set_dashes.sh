set -- -a -b
echo $1 $2 $#
set - x
echo $1
set --
echo $#
