printf 'a:b:c\n' | { IFS=: read x y; echo "$x|$y"; }
printf 'a:b:\n' | { IFS=: read x y; echo "$x|$y"; }
printf 'a:b::\n' | { IFS=: read x y; echo "$x|$y"; }
printf ':a\n' | { IFS=: read x y; echo "$x|$y"; }
printf '  a  b  \n' | { read x; echo "$x|"; }
printf '  a  b  \n' | { read x y; echo "$x|$y|"; }
printf '  a  b  \n' | { IFS= read x; echo "$x|"; }
printf ' a : b : c \n' | { IFS=' :' read x y z; echo "$x|$y|$z|"; }
printf 'a::b\n' | { IFS=: read x y z; echo "$x|$y|$z|"; }
printf 'a\\ b c\n' | { read x y; echo "$x|$y"; }
printf 'a\\\nb c\n' | { read x y; echo "$x|$y"; }
printf 'a\\\nb c\n' | { read -r x y; echo "$x|$y"; }
printf 'a b' | { read x y; echo "$x|$y|$?"; }
printf '\n' | { read x; echo "[$x] $?"; }
printf '' | { x=old; read x; echo "[$x] $?"; }
printf 'one\ntwo\n' | while read x; do echo "<$x>"; done
printf 'x y z\n' | { read a b c d; echo "$a$b$c[$d]"; }
