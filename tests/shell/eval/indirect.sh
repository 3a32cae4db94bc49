name=value; ref=name
eval "echo \$$ref"
eval "v_$name=3"
echo $v_name
v_value=4; eval "echo \$v_$name"
