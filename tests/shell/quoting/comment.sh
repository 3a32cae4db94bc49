echo a # comment 'with quote
echo a#b '#c' \#d
# only a comment
echo end
