trap 'echo code $?' 0
exit 4
