#ifndef LIVETAPE_CFILESPACE_H
#define LIVETAPE_CFILESPACE_H
#include <stdint.h>

/// Takes disk space for a file without changing its size (fallocate with FALLOC_FL_KEEP_SIZE on Linux). It is C because
/// Swift's C library module does not carry the function.
/// Returns 0, or the error number; ENOTSUP where the system cannot do it.
int livetape_reserve_space(int descriptor, int64_t offset, int64_t count);

#endif
