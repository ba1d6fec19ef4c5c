def appended(n):
    result = ""
    for i in range(0, n):
        result = result + "x"
        if i % 10 == 0: result = result + ", "
    return result

def interpolated(n):
    length = 0
    for i in range(0, n):
        line = f"item {i}: {i * 2} and {i % 7}"
        length = length + len(line)
    return length

def joined(n):
    parts = []
    for i in range(0, n):
        parts.append(f"part{i}")
    return "-".join(parts)

print(len(appended(1000000)), interpolated(300000), len(joined(300000)))
