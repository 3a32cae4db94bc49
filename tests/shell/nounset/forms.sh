set -u
x=
echo "[$x] [${y-}] [${y:-d}] [${y+s}] [$#] [$*] [$@]"
(echo $y; echo no); echo $?
(echo "${y}"; echo no); echo $?
(echo ${#y}; echo no); echo $?
(echo ${y#a}; echo no); echo $?
(echo $1; echo no); echo $?
(: ${y:=v}; echo $y)
(echo $!; echo no) 2>/dev/null; echo $?
set +u
echo "[$y]"
