#ifndef LIVETAPE_CRC_TABLES_H
#define LIVETAPE_CRC_TABLES_H
#include <stddef.h>
#include <stdint.h>

/// Eight tables for eight bytes a step: table[k][b] is what byte b adds when k more bytes follow it in the step.
typedef struct {
    uint32_t table[8][256];
} crc_tables;

/// Fills the tables for a polynomial, its bits reversed (the lowest bit is x^31).
static inline void crc_tables_fill(crc_tables *tables, uint32_t polynomial) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? polynomial : 0);
        tables->table[0][byte] = crc;
    }
    for (int k = 1; k < 8; k++) {
        for (int byte = 0; byte < 256; byte++) {
            uint32_t before = tables->table[k - 1][byte];
            tables->table[k][byte] = (before >> 8) ^ tables->table[0][before & 0xff];
        }
    }
}

/// Takes bytes into a register (the CRC without its first and last inversion). Reads byte by byte, so that the
/// processor's byte order and alignment do not matter; the compiler joins the reads.
static inline uint32_t crc_tables_run(
    const crc_tables *tables, uint32_t crc, const unsigned char *bytes, size_t count
) {
    const uint32_t (*t)[256] = tables->table;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint32_t low = crc ^ ((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16
                              | (uint32_t)bytes[3] << 24);
        crc = t[7][low & 0xff] ^ t[6][(low >> 8) & 0xff] ^ t[5][(low >> 16) & 0xff] ^ t[4][low >> 24]
            ^ t[3][bytes[4]] ^ t[2][bytes[5]] ^ t[1][bytes[6]] ^ t[0][bytes[7]];
    }
    for (; count > 0; bytes++, count--) crc = (crc >> 8) ^ t[0][(crc ^ *bytes) & 0xff];
    return crc;
}

#endif
