#include "CChecksum.h"
#include "crc_tables.h"

#define POLYNOMIAL 0xedb88320u

static crc_tables tables;

// Before main: whoever calls from then on, on any thread, finds everything filled.
static void prepare_instruction(void);
__attribute__((constructor)) static void prepare(void) {
    crc_tables_fill(&tables, POLYNOMIAL);
    prepare_instruction();
}

uint32_t livetape_crc32_table(uint32_t crc, const void *bytes, size_t count) {
    return ~crc_tables_run(&tables, ~crc, bytes, count);
}

#if defined(__x86_64__)
#include <wmmintrin.h>
#define WITH_INSTRUCTION __attribute__((target("pclmul,sse2")))

// There is an instruction for another polynomial only (see crc32c.c), but one that multiplies polynomials. Sixteen bytes
// stand for a polynomial; when n bits follow, it counts times x^n. So they can be multiplied by x^n modulo the
// polynomial, and added to what stands n bits further on, and are done with. Four lanes of sixteen bytes keep the
// multiplier busy; what is left in the end is sixteen bytes with the same remainder as all, and the table does those.
#define LANE 16
#define LANES 4

static int has_instruction;
// What the first and the last eight bytes of a lane are multiplied by, to go over one lane and over all four.
static uint64_t over_one[2], over_all[2];

// x^bits modulo the polynomial, as the multiplication wants it: the bits are reversed, so that a product of two comes
// out one bit too low, and one is put in beforehand.
static uint64_t power(unsigned bits) {
    uint32_t value = 1u << 31;
    for (unsigned bit = 0; bit < bits; bit++) value = (value >> 1) ^ (value & 1 ? POLYNOMIAL : 0);
    return (uint64_t)value << 1;
}

static void prepare_instruction(void) {
    __builtin_cpu_init();
    has_instruction = __builtin_cpu_supports("pclmul") != 0;
    // The first eight bytes have 64 more bits behind them. A factor of 32 bits is multiplied as one of 64.
    over_one[0] = power(8 * LANE + 32);
    over_one[1] = power(8 * LANE - 32);
    over_all[0] = power(8 * LANE * LANES + 32);
    over_all[1] = power(8 * LANE * LANES - 32);
}

WITH_INSTRUCTION
static inline __m128i moved(__m128i lane, __m128i factors) {
    return _mm_xor_si128(_mm_clmulepi64_si128(lane, factors, 0x00), _mm_clmulepi64_si128(lane, factors, 0x11));
}

WITH_INSTRUCTION
static inline __m128i lane_at(const unsigned char *bytes) { return _mm_loadu_si128((const __m128i *)bytes); }

WITH_INSTRUCTION
static uint32_t by_instruction(uint32_t crc, const unsigned char *bytes, size_t count) {
    if (count < LANE * LANES) return crc_tables_run(&tables, crc, bytes, count);
    const __m128i all = _mm_set_epi64x((long long)over_all[1], (long long)over_all[0]);
    const __m128i one = _mm_set_epi64x((long long)over_one[1], (long long)over_one[0]);
    __m128i lanes[LANES];
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = lane_at(bytes + lane * LANE);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)crc));
    bytes += LANE * LANES, count -= LANE * LANES;
    for (; count >= LANE * LANES; bytes += LANE * LANES, count -= LANE * LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            lanes[lane] = _mm_xor_si128(moved(lanes[lane], all), lane_at(bytes + lane * LANE));
        }
    }
    for (int lane = 1; lane < LANES; lane++) lanes[lane] = _mm_xor_si128(moved(lanes[lane - 1], one), lanes[lane]);
    unsigned char rest[LANE];
    _mm_storeu_si128((__m128i *)rest, lanes[LANES - 1]);
    return crc_tables_run(&tables, crc_tables_run(&tables, 0, rest, LANE), bytes, count);
}

uint32_t livetape_crc32(uint32_t crc, const void *bytes, size_t count) {
    if (has_instruction) return ~by_instruction(~crc, bytes, count);
    return livetape_crc32_table(crc, bytes, count);
}

#else

static void prepare_instruction(void) {}

uint32_t livetape_crc32(uint32_t crc, const void *bytes, size_t count) {
    return livetape_crc32_table(crc, bytes, count);
}

#endif
