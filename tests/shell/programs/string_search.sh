has() { case $1 in *"$2"*) return 0;; esac; return 1; }
has 'hello world' 'lo w' && echo yes
has hello '*' || echo no
has 'a*b' '*' && echo star
