# Applets that come with it.
cd /tmp; mkdir d; cd d
printf '10\n1\n2\n' >n
sort -n n; head -n 2 n; tail -n 1 n; wc -l <n
grep 1 n; sed s/1/one/ n; awk '{ s += $1 } END { print s }' n
md5sum n
cp n m; cmp n m && echo same
ln -s n l; readlink l; cat l | head -n 1
mv m o; ls
touch g1 g2; echo g*; find . -name 'g*' | sort
stat -c '%s %a' n
dd if=n of=p bs=1 count=2 2>/dev/null; cat p
cut -c 1 n | tr '\n' ,; echo
expr 6 '*' 7
test 3 -gt 2 && echo greater
basename /a/b.c .c; dirname /a/b.c
printf '%05d|%s\n' 42 text
od -An -tx1 p | tr -s ' '
gzip -c n | gunzip -c | cmp - n && echo unzipped
tar cf t.tar n o; tar tf t.tar
cd ..; rm -r d; ls -d d 2>/dev/null || echo removed
