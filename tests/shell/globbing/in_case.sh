x='a*'
case 'a*' in $x) echo one;; esac
case 'abc' in $x) echo two;; esac
case 'abc' in "$x") echo three;; *) echo four;; esac
