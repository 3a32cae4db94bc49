readonly A=1 
readonly -p | while read l; do case $l in *' A='*) echo "$l";; esac; done
