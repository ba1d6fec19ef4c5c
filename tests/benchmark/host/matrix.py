def matrix(n, seed):
    rows = []
    for i in range(0, n):
        row = []
        for j in range(0, n): row.append(((i * seed + j * 7) % 10) / 4.0)
        rows.append(row)
    return rows

def product(a, b, n):
    result = []
    for i in range(0, n): result.append([0.0] * n)
    for i in range(0, n):
        for j in range(0, n):
            sum = 0.0
            for k in range(0, n):
                sum = sum + a[i][k] * b[k][j]
            result[i][j] = sum
    return result

n = 180
c = product(matrix(n, 3), matrix(n, 5), n)
trace = 0.0
for i in range(0, n): trace = trace + c[i][i]
print(f"{trace:.3f} {c[3][5]:.3f}")
