p=/usr/local/lib/file.tar.gz
echo ${p#*/} ${p##*/} ${p%.*} ${p%%.*} ${p#/usr} ${p%gz} ${p#none}
echo ${#p} ${#} ${#*} 
x='a*b'; echo "${x#a\*}" "${x#'a*'}" "${x%"*b"}"
y='*'; z='**x'; echo "${z#$y}" "${z#"$y"}"
u=; echo "${u:-a b}" ${u:-a b} "${u:+set}" "${u+set}" "${n+set}"
echo ${n:-${u:-deep}} ${n:-$(echo sub)} ${n:-$((1 + 1))}
echo "${n:-'q'}" ${n:-'q'} "${n:-"d"}" ${n:-\}} "${n:-\}}"
set -- one two; echo ${1} ${2%o} ${3:-none} ${#1} ${@#o}
e='a b'; for w in ${e:+"$e" c}; do echo "<$w>"; done
for w in ${n-"x y" z}; do echo "<$w>"; done
echo "${p%%/*}|${p%/}" "${e% *}${e#* }"
t='~'; echo ${n:-~} > /dev/null; echo "${n:-~}" $t
