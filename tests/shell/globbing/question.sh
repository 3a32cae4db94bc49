: > a1; : > a2; : > b1; : > a10
echo a? ?1 a??
