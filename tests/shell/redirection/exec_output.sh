(exec > f; echo hidden; echo more)
cat f
