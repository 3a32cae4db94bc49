(echo ${x?}; echo no); echo $?
(echo ${x?words here}; echo no); echo $?
x=
(echo "${x?}"; echo yes); echo $?
(echo ${x:?}; echo no); echo $?
(echo ${x:?"a $(echo b)"}; echo no) 2>/dev/null; echo $?
x=v
echo ${x:?} ${x?}
f() { : ${1:?needs one}; echo got $1; }
(f; echo no); echo $?
f a
sh -c 'echo ${u:?}; echo no'; echo $?
