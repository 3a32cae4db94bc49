if true; then echo a; fi
if false; then echo b; else echo c; fi
if false; then echo d; elif true; then echo e; else echo f; fi
if false; then :; fi; echo $?
