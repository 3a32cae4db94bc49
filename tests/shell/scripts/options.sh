sh -e -c 'false; echo never'; echo $?
sh -u -c 'echo $nothing; echo never' 2>/dev/null; echo $?
sh -c 'echo $-' | { read l; case $l in *e*) echo e;; *) echo none;; esac; }
