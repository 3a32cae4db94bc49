f() { echo "f $1 $# $0" | cat; }
f() { echo "f $1 $#"; }
f a b
f
