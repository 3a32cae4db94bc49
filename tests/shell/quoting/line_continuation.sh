echo on\
e t\
wo "thr\
ee" 'fo\
ur'
