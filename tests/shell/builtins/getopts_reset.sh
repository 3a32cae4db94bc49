f() {
  OPTIND=1
  while getopts ab:c o "$@"; do echo "$o ${OPTARG-}"; done
  shift $((OPTIND - 1))
  echo "rest: $*"
}
f -ab x -c y
f -cb z -- -a
f
f -b
f -x -a
OPTIND=1
while getopts :b: o -b; do echo "$o $OPTARG"; done; echo $OPTIND
OPTIND=1
while getopts :b: o -q -b1; do echo "$o $OPTARG"; done; echo $OPTIND
