# Loops, arithmetic, functions, cases, substitution and quoting.
s=0; for i in 1 2 3 4; do s=$((s+i)); done; echo $s
n=0; while [ $n -lt 3 ]; do n=$((n+1)); done; echo $n
f() { case $1 in a*) echo A;; *) echo other;; esac; return 4; }
f abc; f x; echo $?
echo [$(echo in; echo ner)] "[$(echo "q u o t e")]"
x=path/to/file.txt; echo ${x##*/} ${x%.txt} ${#x} ${y:-none}
set -- one 'two words'; echo $# "$2"
if [ -d /tmp ] && [ ! -e /nonexistent ]; then echo yes; else echo no; fi
