if echo x | cat > /dev/null && true; then echo yes; fi
if ! false; then echo not; fi
