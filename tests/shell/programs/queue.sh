q=
push() { q="$q $1"; }
pop() { set -- $q; first=$1; shift; q="$*"; }
push a; push b; push c
pop; echo $first; push d; pop; echo $first "[$q]"
