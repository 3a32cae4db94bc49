(exec echo replaced; echo never)
(exec sh -c 'echo $0 $1' name arg)
