# Calls with named arguments, of functions, methods and constructors.
class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def moved(self, by=1, times=1):
        return self.x + by * times


def scaled(value, by=2, plus=0):
    return value * by + plus


def work(n):
    total = 0
    for i in range(n):
        p = Point(y=i, x=i + 1)
        total = total + scaled(i, plus=3) + p.moved(times=2, by=i) + p.y
    return total


print(work(400000))
