ulimit -f 100
ulimit -f; ulimit; ulimit -Hf; ulimit -Sf
ulimit -S -f 50; ulimit -f; ulimit -H -f
(ulimit -f 20; ulimit -f; ulimit -Hf)
ulimit -f
ulimit -n 20; ulimit -n; ulimit -Hn
ulimit -c 0; ulimit -c
ulimit -t 1000; ulimit -t; ulimit -St 10; ulimit -t; ulimit -Ht
sh -c 'ulimit -n'
ulimit -d 2048; ulimit -d; ulimit -v unlimited; ulimit -v
ulimit -f x; echo $?
ulimit -Sn 21; echo $?
echo end
