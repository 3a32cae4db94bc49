printf '#!/bin/sh\necho "script $1"\nexit 6\n' > s
sh s a
echo $?
