x=$(case a in (a) echo yes;; (*) echo no;; esac)
echo $x
