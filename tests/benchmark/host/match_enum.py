class Num:
    __match_args__ = ("n",)
    def __init__(self, n): self.n = n

class Var: pass

class Add:
    __match_args__ = ("a", "b")
    def __init__(self, a, b):
        self.a = a
        self.b = b

class Mul:
    __match_args__ = ("a", "b")
    def __init__(self, a, b):
        self.a = a
        self.b = b

def evaluate(e, x):
    match e:
        case Num(n): return n
        case Var(): return x
        case Add(a, b): return evaluate(a, x) + evaluate(b, x)
        case Mul(a, b): return evaluate(a, x) * evaluate(b, x)

def build(depth):
    if depth == 0: return Var()
    if depth == 1: return Num(0.5)
    if depth % 2 == 0: return Add(build(depth - 1), build(depth - 2))
    return Mul(build(depth - 1), build(depth - 2))

e = build(14)
sum = 0.0
for i in range(0, 1000): sum = sum + evaluate(e, i / 600.0)
print(f"{sum:.6f}")
