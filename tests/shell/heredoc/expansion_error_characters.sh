cat <<E
a ; b | c & d > e ( f ) * ? [
# not a comment
E
