#ifndef LIVETAPE_CFILESPACE_H
#define LIVETAPE_CFILESPACE_H
#include <stdint.h>

/// Takes disk space for a file without changing its size (fallocate with FALLOC_FL_KEEP_SIZE on Linux). It is C because
/// Swift's C library module does not carry the function.
/// Returns 0, or the error number; ENOTSUP where the system cannot do it.
int livetape_reserve_space(int descriptor, int64_t offset, int64_t count);

/// Has the system begin to write a range of a file onto the disk (sync_file_range). Blocks only where the disk's queue is
/// full. Does nothing where the system cannot do it.
void livetape_begin_writing_out(int descriptor, int64_t offset, int64_t count);

/// Waits until a range of a file is written out, and takes it from the system's memory (posix_fadvise). Says nothing of
/// the file's size and place on the disk: it is no fsync. Does nothing where the system cannot do it.
void livetape_take_from_memory(int descriptor, int64_t offset, int64_t count);

#endif
