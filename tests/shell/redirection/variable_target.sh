n=out.txt
echo x > $n
echo y >> "$n"
cat $n
