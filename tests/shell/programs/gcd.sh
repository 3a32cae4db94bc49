gcd() { while [ $2 -ne 0 ]; do set -- $2 $(($1 % $2)); done; echo $1; }
gcd 48 36; gcd 17 5; gcd 100 75
