def primes(limit):
    is_prime = [True] * (limit + 1)
    is_prime[0] = False
    is_prime[1] = False
    i = 2
    while i * i <= limit:
        if is_prime[i]:
            multiple = i * i
            while multiple <= limit:
                is_prime[multiple] = False
                multiple = multiple + i
        i = i + 1
    count = 0
    for prime in is_prime:
        if prime: count = count + 1
    return count

print(primes(3000000))
