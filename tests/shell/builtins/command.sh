f() { echo f; }
command -v cd
command -v f
command -v if
command -v none; echo $?
command echo hi
