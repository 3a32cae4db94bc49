n() { echo $#; for a; do echo "<$a>"; done; }
x='a  b	c
d'; n $x; n "$x"
IFS=:; x='a:b::c:'; n $x
IFS=': '; x=' a : b  c '; n $x
IFS=; x='a b'; n $x
unset IFS; n $x
IFS=x; n axbxxc; y=axbxxc; n $y
IFS=' '; set -- 'a b' c; n $*; n $@; n "$*"; n "$@"
IFS=-; n "$*"; IFS=; n "$*"
unset IFS; z=; n $z; n "$z"; n ''; n a$z; n $z$z
n $(echo 'p q'; echo r); n "$(echo 'p q')"
n "a"$x"b"; n a$(echo ' ')b
set --; n "$@"; n "$*"; n a"$@"b
