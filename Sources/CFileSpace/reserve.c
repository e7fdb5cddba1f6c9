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

void livetape_begin_writing_out(int descriptor, int64_t offset, int64_t count) {
#ifdef __linux__
    sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
#else
    (void)descriptor, (void)offset, (void)count;
#endif
}

void livetape_take_from_memory(int descriptor, int64_t offset, int64_t count) {
#ifdef __linux__
    unsigned flags = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    if (sync_file_range(descriptor, offset, count, flags) == 0) {
        posix_fadvise(descriptor, offset, count, POSIX_FADV_DONTNEED);
    }
#else
    (void)descriptor, (void)offset, (void)count;
#endif
}
