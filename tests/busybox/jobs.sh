# Jobs in the background, and how their end is told.
(exit 3) & wait $!; echo $?
sleep 100 & kill -9 $!; wait $!; echo $?
sleep 100 & kill $!; wait $!; echo $?
for i in 1 2 3 4; do (exit $i) & p="$p $!"; done
for i in $p; do wait $i; echo $?; done
kill -0 $$ && echo alive
kill -0 $! 2>/dev/null || echo gone
