{ false || echo x > f; } &
wait
cat f
