echo a |
cat |

cat
