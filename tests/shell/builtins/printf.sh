printf '%s-%s\n' a b c
printf '%d %5d|%-5d|%05d\n' 1 2 3 4
printf '%x %X %o %u\n' 255 255 8 7
printf '%c%c\n' abc def
printf 'no newline'
printf '\n'
