#include "CChecksum.h"
#include "crc_tables.h"
#include <string.h>

#define POLYNOMIAL 0x82f63b78u

static crc_tables tables;

// Before main: whoever calls from then on, on any thread, finds everything filled.
static void prepare_instruction(void);
__attribute__((constructor)) static void prepare(void) {
    crc_tables_fill(&tables, POLYNOMIAL);
    prepare_instruction();
}

uint32_t livetape_crc32c_table(uint32_t crc, const void *bytes, size_t count) {
    return ~crc_tables_run(&tables, ~crc, bytes, count);
}

#if defined(__x86_64__)
#include <nmmintrin.h>
#define HAS_INSTRUCTION 1
#define WITH_INSTRUCTION __attribute__((target("sse4.2")))
#define CRC_WORD(crc, word) ((uint32_t)_mm_crc32_u64((crc), (word)))
#define CRC_BYTE(crc, byte) _mm_crc32_u8((crc), (byte))
static int processor_has_instruction(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.2") != 0;
}
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#include <arm_acle.h>
#define HAS_INSTRUCTION 1
#define WITH_INSTRUCTION __attribute__((target("crc")))
#define CRC_WORD(crc, word) __crc32cd((crc), (word))
#define CRC_BYTE(crc, byte) __crc32cb((crc), (byte))
#if defined(__linux__)
#include <sys/auxv.h>
static int processor_has_instruction(void) { return (getauxval(AT_HWCAP) & (1 << 7)) != 0; }  // HWCAP_CRC32
#elif defined(__APPLE__)
static int processor_has_instruction(void) { return 1; }  // every Apple processor of 64 bits that runs macOS
#else
static int processor_has_instruction(void) { return 0; }
#endif
#endif

#if defined(HAS_INSTRUCTION)

// The instruction takes 8 bytes but answers 3 cycles later, and can begin one each cycle: three streams side by side
// keep it busy. A stream is LANE bytes; what the first two streams found is then moved over the bytes behind them,
// which is a multiplication by x^(8 * LANE), done with a table.
#define LANE_BITS 8
#define LANE ((size_t)1 << LANE_BITS)

static int has_instruction;
static uint32_t over_lane[4][256];

// a * b modulo the polynomial; the highest bit is x^0.
static uint32_t multiply(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
        if (a & bit) product ^= b;
        b = (b >> 1) ^ (b & 1 ? POLYNOMIAL : 0);
    }
    return product;
}

static void prepare_instruction(void) {
    has_instruction = processor_has_instruction();
    uint32_t lane = 1u << 23;  // x^8, one byte
    for (int k = 0; k < LANE_BITS; k++) lane = multiply(lane, lane);
    for (int k = 0; k < 4; k++) {
        for (uint32_t byte = 0; byte < 256; byte++) over_lane[k][byte] = multiply(lane, byte << (8 * k));
    }
}

static inline uint32_t move_over_lane(uint32_t crc) {
    return over_lane[0][crc & 0xff] ^ over_lane[1][(crc >> 8) & 0xff] ^ over_lane[2][(crc >> 16) & 0xff]
        ^ over_lane[3][crc >> 24];
}

static inline uint64_t word_at(const unsigned char *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

WITH_INSTRUCTION
static uint32_t by_instruction(uint32_t crc, const unsigned char *bytes, size_t count) {
    for (; count >= 3 * LANE; bytes += 3 * LANE, count -= 3 * LANE) {
        uint32_t second = 0, third = 0;
        for (size_t at = 0; at < LANE; at += 8) {
            crc = CRC_WORD(crc, word_at(bytes + at));
            second = CRC_WORD(second, word_at(bytes + LANE + at));
            third = CRC_WORD(third, word_at(bytes + 2 * LANE + at));
        }
        crc = move_over_lane(move_over_lane(crc) ^ second) ^ third;
    }
    for (; count >= 8; bytes += 8, count -= 8) crc = CRC_WORD(crc, word_at(bytes));
    for (; count > 0; bytes++, count--) crc = CRC_BYTE(crc, *bytes);
    return crc;
}

uint32_t livetape_crc32c(uint32_t crc, const void *bytes, size_t count) {
    if (has_instruction) return ~by_instruction(~crc, bytes, count);
    return livetape_crc32c_table(crc, bytes, count);
}

#else

static void prepare_instruction(void) {}

uint32_t livetape_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return livetape_crc32c_table(crc, bytes, count);
}

#endif
