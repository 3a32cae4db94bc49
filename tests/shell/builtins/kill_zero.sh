kill -0 $$ && echo alive
kill -0 99999 2>/dev/null || echo gone
