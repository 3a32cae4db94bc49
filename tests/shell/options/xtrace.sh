set -x
echo a
set +x
