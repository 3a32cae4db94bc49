HOME=/tmp
cd
pwd
cd /; cd ~; pwd
