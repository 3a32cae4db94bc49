# Runs every script in a directory of its own, and prints what each prints and its status.
exec 2>/dev/null
mkdir /tmp/scripts /tmp/scripts/bin
# Scripts call `sh`: it is to be this shell, whatever /bin/sh is.
cp /bin/shell /tmp/scripts/bin/sh
PATH=/tmp/scripts/bin:$PATH
for script in /extra/shell/*/*.sh; do
    name=${script#/extra/shell/}
    name=${name%.sh}
    directory=/tmp/scripts/${name%/*}-${name#*/}
    mkdir "$directory"
    cd "$directory"
    echo "=== $name"
    sh "$script" </dev/null
    echo "=== status $?"
done
echo "=== end"
