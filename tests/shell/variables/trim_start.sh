p=/usr/local/bin
echo ${p#/} ${p#*/} ${p##*/} ${p#none} "${p##/*}"
