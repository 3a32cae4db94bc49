printf '%d %i %o %u %x %X\n' 10 10 10 10 255 255
printf '[%5d][%-5d][%05d][%+d][% d]\n' 42 42 42 42 42
printf '[%s][%10s][%-10s][%.2s]\n' abc abc abc abc
printf '%c%c\n' abc def
printf '%%|%s\n' x
printf '%s-%s\n' a b c
printf '%d\n' 0x1f 017 "'A" '"B'
printf '%b|' 'a\tb' 'c\nd' 'e\0101f' 'g\\h'; echo
printf 'a\tb\101\n'
printf '%b' 'stop\cnever' never; echo
printf '%s\n'
printf 'plain\n' extra words
printf '%*d|%-*d|%.*s\n' 5 1 5 2 2 abc
printf '%d\n' abc; echo $?
printf '%d\n' 3x; echo $?
printf '%d %s\n' 1
printf '%s %s %s\n' 1 2 3 4
printf '%#o %#x\n' 8 255
