: ${a:=one} ${b=two}
echo $a $b
