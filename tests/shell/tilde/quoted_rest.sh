HOME=/h
echo ~/"a b" ~'/x'
