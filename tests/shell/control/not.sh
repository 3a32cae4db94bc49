! true; echo $?
! false; echo $?
! false && echo ok
if ! [ a = b ]; then echo differ; fi
