def lines(n):
    all = []
    for i in range(0, n): all.append(f"{i},name{i % 100},{i * 3},some words here")
    return "\n".join(all)

def swapped(data):
    out = []
    for line in data.split("\n"):
        fields = line.split(",")
        out.append(";".join([fields[1].upper(), fields[0], fields[3].replace("words", "text"), fields[2].strip()]))
    return "\n".join(out)

total = 0
data = lines(50000)
for i in range(0, 8): total = total + len(swapped(data))
print(len(data), total)
