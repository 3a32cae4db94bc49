for i in $(echo 'a b'; echo c) "$(echo 'd e')"; do echo "<$i>"; done
