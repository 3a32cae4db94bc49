set -e
set +e
false
echo on
