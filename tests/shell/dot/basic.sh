echo 'x=5; echo "in dot $1"; return 3; echo never' > lib
set -- arg
. ./lib
echo $? $x
