sh -c 'echo $0 $1 $2 $#' name a 'b c'
echo 'echo "$0 $1 $#"' > s
sh s x y
