def words(n):
    result = []
    seed = 11
    for i in range(0, n):
        seed = (seed * 1103515245 + 12345) % 2147483648
        result.append(f"word{(seed // 65536) % 5000}")
    return result

def count(list):
    counts = {}
    for word in list:
        if word in counts: counts[word] = counts[word] + 1
        else: counts[word] = 1
    return counts

list = words(200000)
most = 0
for i in range(0, 6):
    counts = count(list)
    for word, n in sorted(counts.items()):
        if n > most: most = n
print(most, len(count(list)))
