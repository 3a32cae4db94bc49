cat <<A; cat <<B
a
A
b
B
cat <<A <<B
first
A
second
B
cat <<A
$(cat <<B
inner
B
)
A
f() { cat <<X
in a function $1
X
}
f one; f two
while read l; do cat <<Y
<$l>
Y
done <<Z
1
2
Z
if true; then cat <<-T
	indented
		more
	T
fi
x='a  b'; cat <<E1
$x "$x" '$x' \$x \\ \a `echo c` $((1+2)) ${x#a}
E1
cat <<'E2'
$x \$x `no`
E2
cat <<E3 | sort -r
piped
to sort
E3
cat <<\E4
$literal
E4
cat <<"E 5"
with a blank
E 5
cat <<E6
line \
joined
E6
