case a in a) ;; esac; echo $?
false; case a in b) echo no;; esac; echo $?
case a in a) false;; esac; echo $?
case "a b" in a\ b) echo quoted;; esac
case '*' in '*') echo star;; esac
case x in "$y") echo no;; *) echo default;; esac
y='a*'; case abc in $y) echo pattern;; esac
case abc in "$y") echo no;; *) echo literal;; esac
case '' in '') echo empty;; esac
case a in (a) echo paren;; esac
case a in b|a|c) echo alternatives;; esac
case '[' in '[') echo bracket;; esac
case ] in []]) echo close;; esac
case b in [!a]) echo not a;; esac
case 5 in [0-9]) echo digit;; esac
case - in [a-]) echo dash;; esac
case ab in ?) echo one;; ??) echo two;; esac
case in in in) echo in;; esac
case esac in "esac") echo esac;; esac
case a in
  # a comment
  a)
    echo lines
    ;;

esac
x=0; case $((x = 1)) in 1) echo $x;; esac
case $(echo out) in o*) echo output;; esac
