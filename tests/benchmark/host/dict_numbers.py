def longest(limit):
    known = {1: 1}
    best = 1
    start = 1
    for n in range(2, limit):
        steps = 0
        at = n
        while not (at in known):
            at = at // 2 if at % 2 == 0 else 3 * at + 1
            steps = steps + 1
        total = steps + known[at]
        known[n] = total
        if total > best:
            best = total
            start = n
    return (start, best)

start, best = longest(150000)
print(start, best)
