#ifndef LIVETAPE_CCHECKSUM_H
#define LIVETAPE_CCHECKSUM_H
#include <stddef.h>
#include <stdint.h>

/// CRC32C (Castagnoli, RFC 3720 appendix B.4) of `count` bytes, continued from `crc` (0 to begin): by the processor's
/// instruction where there is one, else by a table. It is C because Swift cannot name that instruction.
uint32_t livetape_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same by the table alone, whatever the processor has: for the test that compares the two.
uint32_t livetape_crc32c_table(uint32_t crc, const void *bytes, size_t count);

/// CRC32 (ISO-HDLC, the one of zip, PNG and MCAP) of `count` bytes, continued from `crc` (0 to begin): by the
/// processor's multiplication of polynomials where there is one, else by a table.
uint32_t livetape_crc32(uint32_t crc, const void *bytes, size_t count);

/// The same by the table alone.
uint32_t livetape_crc32_table(uint32_t crc, const void *bytes, size_t count);

#endif
