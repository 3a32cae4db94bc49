printf '<%s>\n' "a\b" "\n" "\'" "a\
b"
