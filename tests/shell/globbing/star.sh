: > a.c; : > b.c; : > c.h
echo *.c; echo *; echo *.none
