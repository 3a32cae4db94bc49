test "$$" -gt 1 && echo yes
x=$$; (test $x = $$ && echo same)
