(eval 'if'); echo $?
(eval 'echo )'); echo $?
command eval 'echo "x'; echo "on $?"
eval "x='a b'"; echo "$x"
eval eval 'echo $x'
eval 'f() { echo in f; }'; f
for i in 1 2; do eval 'break'; echo no; done; echo out
g() { eval 'return 3'; echo no; }; g; echo $?
eval "$(printf 'echo one\necho two\n')"
