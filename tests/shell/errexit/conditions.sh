set -e
if false; then :; fi
false || true
false && true
! true
while false; do :; done
until true; do :; done
echo end
