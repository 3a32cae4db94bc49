mkdir base base/sub
here=$PWD
CDPATH=$here/base
cd / 
cd sub > /dev/null
[ "$PWD" = "$here/base/sub" ] && echo found
