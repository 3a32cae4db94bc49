case x in
x) echo one
esac
case y in (y) echo two ;; esac
