echo 'greet() { echo "hi $1"; }' > lib
. ./lib
greet you
