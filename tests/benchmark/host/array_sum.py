def fill(n):
    numbers = []
    seed = 42
    for i in range(0, n):
        seed = (seed * 1103515245 + 12345) % 2147483648
        numbers.append(seed % 1000)
    return numbers

def by_index(numbers):
    total = 0
    for i in range(0, len(numbers)):
        total = total + numbers[i]
    return total

def by_element(numbers):
    total = 0
    for number in numbers:
        if number % 2 == 0: total = total + number
    return total

numbers = fill(1000000)
print(by_index(numbers), by_element(numbers), sum(numbers))
