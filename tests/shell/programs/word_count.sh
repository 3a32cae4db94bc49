text='the quick brown fox jumps over the lazy dog the end'
n=0
for w in $text; do case $w in the) n=$((n+1));; esac; done
set -- $text
echo $n $#
