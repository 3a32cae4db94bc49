# set -e, set -u, and commands that are not there.
(set -e; false; echo not reached); echo $?
(set -u; echo $undefined) 2>/dev/null; echo $?
nosuchcommand 2>/dev/null; echo $?
/tmp 2>/dev/null; echo $?
