mkdir -p a/b
home=$PWD
cd a/b; echo "${PWD#$home}"
cd ..; echo "${PWD#$home}"
cd - > /dev/null; echo "${PWD#$home} ${OLDPWD#$home}"
cd "$home"
cd nowhere; echo $?
echo "${PWD#$home}"
cd a; cd "$home/a/./b/../b"; echo "${PWD#$home}"
cd "$home"; CDPATH=a; cd b > out; read where < "$home/out"; echo "${where#$home}"; echo "${PWD#$home}"
HOME=$home; cd; echo "[${PWD#$home}]"
