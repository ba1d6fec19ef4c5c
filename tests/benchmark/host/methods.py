class Counter:
    def __init__(self, step):
        self.value = 0
        self.step = step

    def bump(self): self.value = self.value + self.step
    def get(self): return self.value
    def twice(self): return self.get() + self.get()

def work(n):
    a = Counter(step=1)
    b = Counter(step=3)
    sum = 0
    for i in range(0, n):
        a.bump()
        b.bump()
        sum = sum + a.twice() - b.get()
    return sum

print(work(1000000))
