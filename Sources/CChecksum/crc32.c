#include "CChecksum.h"
#include "crc_tables.h"

static crc_tables tables;

__attribute__((constructor)) static void prepare(void) {
    crc_tables_fill(&tables, 0xedb88320);
}

uint32_t livetape_crc32(uint32_t crc, const void *bytes, size_t count) {
    return ~crc_tables_run(&tables, ~crc, bytes, count);
}
