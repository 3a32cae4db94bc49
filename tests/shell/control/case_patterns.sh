case abc in ?b?) echo a;; esac
case a-b in *[!a-z]*) echo b;; esac
case x in [xyz]) echo c;; esac
case '*' in \*) echo d;; esac
case none in x) echo never;; esac
echo $?
