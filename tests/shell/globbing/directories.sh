mkdir d1 d2
: > d1/x; : > d2/x; : > d2/y
echo */x d*/* d1/* */none
