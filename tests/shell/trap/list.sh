trap 'echo x' INT
trap 'echo "y"' EXIT
trap
trap - INT EXIT
trap
