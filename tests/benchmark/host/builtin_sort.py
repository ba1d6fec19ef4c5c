numbers = []
words = []
seed = 7
for i in range(0, 200000):
    seed = (seed * 1103515245 + 12345) % 2147483648
    numbers.append(seed)
    if i % 4 == 0: words.append(f"w{seed % 100000}")
for i in range(0, 5): sorted(numbers)
for i in range(0, 3): sorted(words)
print(sorted(numbers)[1000], sorted(words)[1000])
