unset x; e=
echo ${x=a} $x ${e=b} "<$e>" ${e:=c} $e
