def scan(source):
    words = 0
    digits = 0
    others = 0
    in_word = False
    for c in source:
        if c >= "a" and c <= "z":
            if not in_word: words = words + 1
            in_word = True
        else:
            in_word = False
            if c >= "0" and c <= "9": digits = digits + 1
            else: others = others + 1
    return (words, digits, others)

source = "the quick brown fox, 42 jumps over 7 lazy dogs; " * 60000
words, digits, others = scan(source)
print(words, digits, others)
