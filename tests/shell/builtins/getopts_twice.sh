f() { OPTIND=1; while getopts xy o "$@"; do echo $o; done; }
f -x -y
f -yx
