echo a > f; echo b >> f; cat < f
cat < f > g; cat g
{ echo 1; echo 2 >&2; } > o 2> e; cat o e
echo x 2>&1 > h | cat; cat h
exec 3> three; echo t >&3; exec 3>&-; cat three
echo u >&3; echo $?
exec 4< f; read a <&4; read b <&4; echo $a $b; exec 4<&-
while read x; do echo "r $x"; done < f > l; cat l
: > empty; wc -c < empty
> made; [ -e made ] && echo made
cat <nothere; echo $?
set -C; echo y > f; echo $?; echo y >| f; cat f; set +C
echo rw 1<> rw; cat rw
f() { echo func; } > inner; f; cat inner
if true; then echo i; fi > cond; cat cond
n=out; echo named > $n; cat out
echo a b > "two words"; cat 'two words'
(echo s; exit 2) > sub; echo $?; cat sub
