class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right

def tree(depth):
    if depth == 0: return Node(left=None, right=None)
    return Node(left=tree(depth - 1), right=tree(depth - 1))

def count(node):
    if node.left is None: return 1
    return 1 + count(node.left) + count(node.right)

kept = tree(19)
sum = 0
for i in range(0, 20): sum = sum + count(tree(12))
print(sum, count(kept))
