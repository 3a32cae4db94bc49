: > .hid; : > vis
echo * .h*
