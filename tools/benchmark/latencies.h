/* Counts of latencies in nanoseconds. Each power of two has 64 steps, so a value is at most 1.6 % off. */
#ifndef LATENCIES_H
#define LATENCIES_H

#include <stdint.h>

enum { STEP_BITS = 6, STEPS = 1 << STEP_BITS };

struct latencies {
    uint64_t total, counts[(64 - STEP_BITS + 1) * STEPS];
};

static inline void latencies_add(struct latencies *latencies, uint64_t value) {
    unsigned index = (unsigned)value;
    if (value >= STEPS) {
        unsigned shift = 63u - STEP_BITS - (unsigned)__builtin_clzll(value);
        index = (shift + 1) * STEPS + (unsigned)(value >> shift) - STEPS;
    }
    latencies->counts[index]++;
    latencies->total++;
}

/* The value that this share of all values lies below: 0.5 is the median. */
static inline double latencies_at(const struct latencies *latencies, double share) {
    uint64_t wanted = (uint64_t)(share * (double)latencies->total), below = 0;
    for (unsigned index = 0; index < sizeof latencies->counts / sizeof *latencies->counts; index++) {
        below += latencies->counts[index];
        if (below <= wanted) continue;
        if (index < STEPS) return index;
        unsigned shift = index / STEPS - 1;
        return (double)((uint64_t)(index % STEPS + STEPS) << shift) + (double)(1ull << shift) / 2;
    }
    return 0;
}

#endif
