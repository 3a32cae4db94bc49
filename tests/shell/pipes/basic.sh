echo a | cat | cat
printf 'x\ny\n' | while read l; do echo "<$l>"; done
