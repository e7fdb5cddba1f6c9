/* What the load generator and the echo server share: frame heads, masks, byte queues, the clock, the handshake's key.
 *
 * Both speak only to each other, so the handshake always has the key of RFC 6455 section 1.3 and the answer that the
 * RFC gives for it: no SHA-1 is needed. */
#ifndef SOCKET_FRAMES_H
#define SOCKET_FRAMES_H

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define HANDSHAKE_KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define HANDSHAKE_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

enum { OP_CONTINUATION = 0, OP_TEXT = 1, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };
enum { HEAD_MAX = 14, CONTROL_MAX = 125, READ_SIZE = 256 << 10, HTTP_HEAD_MAX = 8192 };

static inline uint64_t monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline void *checked(void *memory) {
    if (!memory) {
        perror("memory");
        exit(3);
    }
    return memory;
}

/* Bytes waiting to be sent: those from `start` to `end`. */
struct queue {
    uint8_t *bytes;
    size_t start, end, capacity;
};

static inline size_t queue_count(const struct queue *queue) { return queue->end - queue->start; }

/* Room for `count` bytes at the queue's end; the caller moves `end`. */
static inline uint8_t *queue_room(struct queue *queue, size_t count) {
    if (queue->start == queue->end) queue->start = queue->end = 0;
    if (queue->end + count > queue->capacity && queue->start > 0) {
        memmove(queue->bytes, queue->bytes + queue->start, queue_count(queue));
        queue->end -= queue->start;
        queue->start = 0;
    }
    if (queue->end + count > queue->capacity) {
        size_t capacity = queue->capacity ? queue->capacity : 1024;
        while (capacity < queue->end + count) capacity *= 2;
        queue->bytes = checked(realloc(queue->bytes, capacity));
        queue->capacity = capacity;
    }
    return queue->bytes + queue->end;
}

static inline void queue_add(struct queue *queue, const void *bytes, size_t count) {
    memcpy(queue_room(queue, count), bytes, count);
    queue->end += count;
}

/* Returns false when the connection is gone. */
static inline bool queue_send(struct queue *queue, int descriptor) {
    while (queue_count(queue) > 0) {
        ssize_t sent = send(descriptor, queue->bytes + queue->start, queue_count(queue), MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN || errno == EINTR;
        queue->start += (size_t)sent;
    }
    return true;
}

/* Writes a head; `key` is NULL for a frame without a mask. Returns its size. */
static inline size_t write_head(uint8_t *out, bool is_final, int opcode, uint64_t length, const uint8_t *key) {
    size_t count = 2;
    uint8_t masked = key ? 0x80 : 0;
    out[0] = (uint8_t)((is_final ? 0x80 : 0) | opcode);
    if (length <= 125) {
        out[1] = (uint8_t)(masked | length);
    } else {
        int bytes = length <= UINT16_MAX ? 2 : 8;
        out[1] = (uint8_t)(masked | (bytes == 2 ? 126 : 127));
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out[count++] = (uint8_t)(length >> shift);
    }
    if (key) {
        memcpy(out + count, key, 4);
        count += 4;
    }
    return count;
}

/* XORs with the key, whose first byte belongs to the payload's byte `offset`; eight bytes at a time. */
static inline void mask_into(uint8_t *out, const uint8_t *in, size_t count, const uint8_t key[4], uint64_t offset) {
    uint8_t turned[8];
    for (unsigned i = 0; i < 8; i++) turned[i] = key[(offset + i) & 3];
    uint64_t pattern, word;
    memcpy(&pattern, turned, 8);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        memcpy(&word, in + i, 8);
        word ^= pattern;
        memcpy(out + i, &word, 8);
    }
    for (; i < count; i++) out[i] = in[i] ^ turned[i & 7];
}

/* Reads heads byte by byte, however they are cut. */
struct head {
    uint8_t bytes[HEAD_MAX];
    size_t count;
    bool is_final, is_masked;
    int opcode;
    uint64_t length;
    uint8_t key[4];
};

/* Takes bytes until the head is whole; returns how many it took, and sets `*is_whole`. */
static inline size_t take_head(struct head *head, const uint8_t *bytes, size_t count, bool *is_whole) {
    size_t taken = 0;
    *is_whole = false;
    while (taken < count) {
        head->bytes[head->count++] = bytes[taken++];
        if (head->count < 2) continue;
        unsigned seven = head->bytes[1] & 127;
        size_t extended = seven == 126 ? 2 : seven == 127 ? 8 : 0;
        head->is_masked = head->bytes[1] >> 7;
        if (head->count < 2 + extended + (head->is_masked ? 4 : 0)) continue;
        head->is_final = head->bytes[0] >> 7;
        head->opcode = head->bytes[0] & 15;
        head->length = extended ? 0 : seven;
        for (size_t i = 0; i < extended; i++) head->length = head->length << 8 | head->bytes[2 + i];
        memset(head->key, 0, 4);
        if (head->is_masked) memcpy(head->key, head->bytes + 2 + extended, 4);
        head->count = 0;
        *is_whole = true;
        break;
    }
    return taken;
}

/* A file's lines, each a message. */
struct lines {
    char *text;
    size_t count;
    size_t *starts; /* count + 1 of them; a line ends one byte, its newline, before the next begins. */
};

static inline struct lines read_lines(const char *path) {
    struct lines lines = {0};
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    lines.text = checked(malloc(size + 1));
    if (fread(lines.text, 1, size, file) != size) exit(2);
    fclose(file);
    lines.starts = checked(malloc((size / 2 + 2) * sizeof(size_t)));
    lines.starts[0] = 0;
    for (size_t i = 0; i < size; i++)
        if (lines.text[i] == '\n') lines.starts[++lines.count] = i + 1;
    return lines;
}

static inline const uint8_t *line_at(const struct lines *lines, uint64_t index, size_t *length) {
    size_t line = (size_t)(index % lines->count);
    *length = lines->starts[line + 1] - 1 - lines->starts[line];
    return (const uint8_t *)lines->text + lines->starts[line];
}

#endif
