printf 'name=box\nsize=10\n# note\n\ncolour=dark red\n' > conf
while IFS== read -r k v; do
  case $k in ''|'#'*) continue;; esac
  eval "conf_$k=\$v"
done < conf
echo "$conf_name/$conf_size/$conf_colour"
