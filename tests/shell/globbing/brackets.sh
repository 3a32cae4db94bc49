: > f1; : > f2; : > f3; : > fa
echo f[12] f[!12] f[1-3] f[a-z] [f]1
