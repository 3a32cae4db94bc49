zz='a b'
set | while read l; do case $l in zz=*) echo "$l";; esac; done
