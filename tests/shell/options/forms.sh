set -- a b c; echo $#
set --; echo $#
set -- -e; echo $1
set -f; echo *; set +f
set -e; echo ${-%%[!e]*}; set +e
set a b; echo $2
set -- "$@" z; echo $*
set -o noglob; echo *.none; set +o noglob
x=$(set +o); eval "$x"; echo $?
set -a; v=exported; set +a; sh -c 'echo $v'
set -n 2>/dev/null; echo not run
