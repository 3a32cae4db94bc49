case x in x) false;; esac
echo $?
case x in x) ;; esac
echo $?
