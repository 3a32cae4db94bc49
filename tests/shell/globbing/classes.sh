: > x1; : > xa; : > xA; : > x_
echo x[[:digit:]] x[[:alpha:]] x[[:upper:]_]
