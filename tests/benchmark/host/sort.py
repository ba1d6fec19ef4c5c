def random_numbers(n):
    numbers = []
    seed = 7
    for i in range(0, n):
        seed = (seed * 1103515245 + 12345) % 2147483648
        numbers.append(seed)
    return numbers

class Sorter:
    def __init__(self, items):
        self.items = items

    def sort(self, low, high):
        if low >= high: return
        pivot = self.items[(low + high) // 2]
        i = low
        j = high
        while i <= j:
            while self.items[i] < pivot: i = i + 1
            while self.items[j] > pivot: j = j - 1
            if i <= j:
                held = self.items[i]
                self.items[i] = self.items[j]
                self.items[j] = held
                i = i + 1
                j = j - 1
        self.sort(low, j)
        self.sort(i, high)

numbers = random_numbers(150000)
sorter = Sorter(items=list(numbers))
sorter.sort(0, len(numbers) - 1)
expected = sorted(numbers)
print("true" if sorter.items == expected else "false", expected[0], expected[75000], numbers[0])
