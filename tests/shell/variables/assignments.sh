x=1 y=$x; echo $x $y
x=a; x=b echo $x; echo $x
x=c sh -c 'echo $x'; echo $x
x=1; x=2 :; echo $x
x=1; x=2 true; echo $x
f() { echo $x; x=in; }; x=1; x=2 f; echo $x
z=$(echo out; exit 3); echo $? $z
z=1 z=2; echo $z
a='1 2'; b=$a; echo "$b"
a=~; [ "$a" = "$HOME" ] && echo home
p=a:~:b; [ "$p" = "a:$HOME:b" ] && echo path
x=*; echo "$x"
readonly r=1; (r=2; echo no); echo $?
x=; echo "[${x}]" "[${x:-e}]" "[${x-e}]"
unset x; echo "[${x:=set}]" $x
