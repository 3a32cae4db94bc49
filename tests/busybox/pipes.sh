# Pipelines of two and three programs, their status, and what flows through them.
echo b a c | tr ' ' '\n' | sort | tr '\n' ' '
echo
false | true; echo $?
true | false; echo $?
! true; echo $?
yes | head -n 3
seq 1 10000 | wc -l
printf 'a b\nc d\n' | while read x y; do echo $y $x; done
mkfifo /tmp/pipes-fifo
test -p /tmp/pipes-fifo && echo through >/tmp/pipes-fifo &
cat /tmp/pipes-fifo
wait; rm /tmp/pipes-fifo
