{ echo a; echo b; }
{ x=1; }
echo $x
{ false; }; echo $?
{ echo c; } | cat
