for i in 1 2; do
  if [ $i = 1 ]; then
    case $i in
      1) while true; do echo in; break; done;;
    esac
  else
    (echo sub $i) | cat
  fi
done
