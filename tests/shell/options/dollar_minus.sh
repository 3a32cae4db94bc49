set -e; set -u
case $- in *e*) echo e;; esac
case $- in *u*) echo u;; esac
case $- in *x*) echo x;; *) echo nox;; esac
