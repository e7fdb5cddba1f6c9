#define _GNU_SOURCE
#include "CFileSpace.h"

#include <errno.h>
#include <fcntl.h>

int livetape_reserve_space(int descriptor, int64_t offset, int64_t count) {
#ifdef __linux__
    int result;
    do {
        result = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, count);
    } while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
#else
    (void)descriptor, (void)offset, (void)count;
    return ENOTSUP;
#endif
}
