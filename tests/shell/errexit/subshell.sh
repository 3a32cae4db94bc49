set -e
(false; echo never) || echo caught
x=$(false) || echo sub
(exit 3)
echo never
