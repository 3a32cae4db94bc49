umask 027
umask
umask -S
umask 22
umask
umask u=rwx,g=rx,o=
umask
