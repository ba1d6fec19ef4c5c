def loops(n):
    sum = 0
    for i in range(0, n):
        for j in range(0, n):
            sum = sum + (i * j + 3) % 7 - (i ^ j) // 5
    return sum

print(loops(1800))
