printf '%d %d %d\n' 010 0x10 -5
printf '%+d % d\n' 5 5
printf '%#x %#o\n' 255 8
printf '%d\n' "'A"
printf '%s %s\n' a
