printf '%10s|%-10s|%.2s|%5.1s|\n' abc def ghi jkl
printf '%s\n'
printf '%d\n'
printf '%%\n'
printf '%b\n' 'a\tb\0101'
