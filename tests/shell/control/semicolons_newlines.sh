if
true
then
echo a
fi
for i in 1 2
do

echo $i

done
{
echo b
}
