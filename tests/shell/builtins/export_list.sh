export B=2
export A='a b'
export -p | while read l; do case $l in *' A='*|*' B='*) echo "$l";; esac; done
