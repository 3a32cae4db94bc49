(ulimit -f 2; trap '' XFSZ; i=0; while [ $i -lt 40 ]; do echo "this is a line of forty characters......"; i=$((i+1)); done > file)
wc -c < file
(ulimit -f 2; head -c 5000 /dev/zero > file2)
wc -c < file2
