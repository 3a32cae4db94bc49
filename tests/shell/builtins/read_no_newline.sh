printf 'partial' > f
read x < f; echo "$? <$x>"
