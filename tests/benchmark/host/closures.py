from functools import reduce

def adder(by): return lambda x: x + by

def apply_all(n):
    sum = 0
    for i in range(0, n):
        f = adder(i)
        sum = sum + f(1) + f(2)
    return sum

def chained(n):
    numbers = []
    for i in range(0, n): numbers.append(i)
    return reduce(lambda a, b: a + b, filter(lambda x: x % 2 == 0, map(lambda x: x * 3, numbers)), 0)

print(apply_all(800000), chained(800000))
