set --
for i in "$@"; do echo never; done
echo "<$*>" $#
set -- "$@" x
echo $#
