# Files, descriptors and here-documents.
cd /tmp
echo one >f; echo two >>f; cat <f
exec 3>g; echo third >&3; exec 3>&-; cat g
ls /nonexistent 2>/dev/null || echo failed
{ echo out; echo err >&2; } 2>&1 | sort
x=5
cat <<END
value $x
END
cat <<'END'
value $x
END
read line <f; echo $line
rm f g
cat f 2>/dev/null || echo gone
