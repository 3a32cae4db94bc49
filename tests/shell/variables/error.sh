unset x
(echo ${x?gone}; echo no)
echo $?
(echo ${x:?}; echo no)
echo $?
