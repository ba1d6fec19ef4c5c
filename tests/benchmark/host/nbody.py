from math import sqrt

class Body:
    def __init__(self, x, y, z, vx, vy, vz, mass):
        self.x = x
        self.y = y
        self.z = z
        self.vx = vx
        self.vy = vy
        self.vz = vz
        self.mass = mass

def advance(bodies, step):
    n = len(bodies)
    for i in range(0, n):
        a = bodies[i]
        for j in range(i + 1, n):
            b = bodies[j]
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            square = dx * dx + dy * dy + dz * dz
            strength = step / (square * sqrt(square))
            a.vx = a.vx - dx * b.mass * strength
            a.vy = a.vy - dy * b.mass * strength
            a.vz = a.vz - dz * b.mass * strength
            b.vx = b.vx + dx * a.mass * strength
            b.vy = b.vy + dy * a.mass * strength
            b.vz = b.vz + dz * a.mass * strength
    for body in bodies:
        body.x = body.x + step * body.vx
        body.y = body.y + step * body.vy
        body.z = body.z + step * body.vz

def energy(bodies):
    total = 0.0
    for i in range(0, len(bodies)):
        a = bodies[i]
        total = total + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
        for j in range(i + 1, len(bodies)):
            b = bodies[j]
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            total = total - a.mass * b.mass / sqrt(dx * dx + dy * dy + dz * dz)
    return total

bodies = [
    Body(x=0.0, y=0.0, z=0.0, vx=0.0, vy=0.0, vz=0.0, mass=40.0),
    Body(x=4.8, y=-1.2, z=-0.1, vx=0.6, vy=2.8, vz=-0.02, mass=0.04),
    Body(x=8.3, y=4.1, z=-0.4, vx=-1.0, vy=1.8, vz=0.008, mass=0.01),
    Body(x=12.9, y=-15.1, z=-0.2, vx=1.1, vy=0.9, vz=-0.01, mass=0.002),
    Body(x=15.4, y=-25.9, z=0.2, vx=1.0, vy=0.6, vz=-0.03, mass=0.002),
]
print(f"{energy(bodies):.9f}")
for i in range(0, 60000): advance(bodies, 0.001)
print(f"{energy(bodies):.9f}")
