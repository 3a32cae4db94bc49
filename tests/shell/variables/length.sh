x=hello; e=
echo ${#x} ${#e} ${#undefined} ${#}
set -- a b c
echo ${#} $#
