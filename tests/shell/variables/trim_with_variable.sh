x=foobar; p=foo; q='f*'
echo ${x#$p} ${x#"$p"} ${x##$q} ${x##"$q"}
