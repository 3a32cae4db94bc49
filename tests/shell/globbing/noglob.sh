: > a.c
set -f
echo *.c
set +f
echo *.c
