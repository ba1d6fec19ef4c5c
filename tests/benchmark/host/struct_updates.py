class Particle:
    def __init__(self, x, v, hits):
        self.x = x
        self.v = v
        self.hits = hits

def simulate(n, rounds):
    particles = []
    for i in range(0, n): particles.append(Particle(x=float(i), v=1.0, hits=0))
    for round in range(0, rounds):
        for i in range(0, n):
            particles[i].x = particles[i].x + particles[i].v * 0.5
            if particles[i].x > 500.0:
                particles[i].x = 0.0
                particles[i].hits += 1
    sum = 0.0
    hits = 0
    for p in particles:
        sum = sum + p.x
        hits = hits + p.hits
    return (sum, hits)

sum, hits = simulate(1000, 2000)
print(f"{sum:.3f} {hits}")
