/* A client of one live view: its socket, the messages that it sends, and whether it may believe the answers. */
#ifndef LIVE_CLIENT_H
#define LIVE_CLIENT_H

#include "live_page.h"

#include <stdarg.h>

enum { MESSAGE_MAX = 1 << 20, JOIN_REF = 4, TEXT_MAX = 8192 };

/* What a client waits for. LIVE: for nothing. */
enum state { NOTHING, PAGE, AWAY, UPGRADE, JOIN, LIVE, CLICK, HEARTBEAT, WORD, LOST };

struct client {
    uint32_t number;
    enum state state;
    int descriptor;
    uint32_t events;
    struct page page;
    struct queue out, in; /* `in`: a page, a response's head, or the message under way. */
    struct head head;
    bool is_in_payload;
    uint64_t left; /* of the payload */
    uint32_t ref;
    int level;
    bool falls, is_answered, has_heard;
    uint64_t began;
};

/* The same for all clients. */
static struct {
    int port;
    const char *page_path, *socket_path;
    int level; /* that a light has at first; below 0: the view is no light */
} server = {.page_path = "/light", .socket_path = "/live/websocket", .level = -1};

/* What one says to all. */
static char word[32];

static inline void put_frame(struct client *client, int opcode, const void *bytes, size_t count) {
    static uint32_t random = 0x9e3779b9;
    random = random * 1664525 + 1013904223;
    uint8_t key[4];
    memcpy(key, &random, 4);
    uint8_t *room = queue_room(&client->out, HEAD_MAX + count);
    size_t head = write_head(room, true, opcode, count, key);
    mask_into(room + head, bytes, count, key, 0);
    client->out.end += head + count;
}

__attribute__((format(printf, 2, 3))) static inline void put_text(struct client *client, const char *format, ...) {
    char text[TEXT_MAX];
    va_list values;
    va_start(values, format);
    int count = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (count < 0 || count >= TEXT_MAX) exit(3);
    put_frame(client, OP_TEXT, text, (size_t)count);
}

__attribute__((format(printf, 2, 3))) static inline void put_request(struct client *client, const char *format, ...) {
    va_list values;
    va_start(values, format);
    char *room = (char *)queue_room(&client->out, TEXT_MAX);
    int count = vsnprintf(room, TEXT_MAX, format, values);
    va_end(values);
    if (count < 0 || count >= TEXT_MAX) exit(3);
    client->out.end += (size_t)count;
}

static inline void ask_for_page(struct client *client) {
    put_request(client, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\nAccept: text/html\r\n\r\n",
                server.page_path, server.port);
}

static inline void ask_for_socket(struct client *client) {
    put_request(client,
                "GET %s?_csrf_token=%s&_mounts=0&vsn=2.0.0 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: " HANDSHAKE_KEY "\r\nOrigin: http://127.0.0.1:%d\r\nCookie: %s\r\n\r\n",
                server.socket_path, client->page.csrf, server.port, server.port, client->page.cookie);
}

static inline void put_join(struct client *client) {
    const char *fixed = client->page.fixed, *quote = *fixed ? "\"" : "";
    client->ref = JOIN_REF;
    client->level = server.level;
    client->falls = false;
    put_text(client,
             "[\"%d\",\"%d\",\"%s\",\"phx_join\",{\"url\":\"http://127.0.0.1:%d%s\",\"params\":{\"_csrf_token\":\"%s\","
             "\"_mounts\":0,\"_mount_attempts\":0},\"session\":\"%s\",\"static\":%s%s%s,\"sticky\":false}]",
             JOIN_REF, JOIN_REF, client->page.topic, server.port, server.page_path, client->page.csrf,
             client->page.session, quote, *fixed ? fixed : "null", quote);
}

/* Up to full light, and down again: each click changes the level. */
static inline void put_click(struct client *client) {
    if (client->level >= 100) client->falls = true;
    if (client->level <= 0) client->falls = false;
    client->level += client->falls ? -10 : 10;
    put_text(client, "[\"%d\",\"%u\",\"%s\",\"event\",{\"type\":\"click\",\"event\":\"%s\",\"value\":{\"value\":\"\"}}]",
             JOIN_REF, ++client->ref, client->page.topic, client->falls ? "down" : "up");
}

static inline void put_word(struct client *client) {
    put_text(client, "[\"%d\",\"%u\",\"%s\",\"event\",{\"type\":\"form\",\"event\":\"say\",\"value\":\"text=%s\"}]",
             JOIN_REF, ++client->ref, client->page.topic, word);
}

static inline void put_heartbeat(struct client *client) {
    put_text(client, "[null,\"%u\",\"phoenix\",\"heartbeat\",{}]", ++client->ref);
}

static inline bool begins_with(const char *text, size_t count, const char *start) {
    size_t length = strlen(start);
    return count >= length && !memcmp(text, start, length);
}

/* Whether a compact message is the answer `ok` to the client's newest message. */
static inline bool is_answer(const struct client *client, const char *text, size_t count) {
    char start[256];
    if (client->state == HEARTBEAT)
        snprintf(start, sizeof start, "[null,\"%u\",\"phoenix\",\"phx_reply\",{", client->ref);
    else
        snprintf(start, sizeof start, "[\"%d\",\"%u\",\"%s\",\"phx_reply\",{", JOIN_REF, client->ref,
                 client->page.topic);
    return begins_with(text, count, start) && find_in(text, text + count, "\"status\":\"ok\"");
}

static inline const char *check_level(const struct client *client, const char *text, size_t count) {
    char level[16];
    snprintf(level, sizeof level, "%d", client->level);
    return client->level < 0 || has_value(text, count, level) ? NULL : "the answer lacks the light's level";
}

static inline const char *read_joined(const struct client *client, const char *text, size_t count) {
    if (!is_answer(client, text, count)) return "the join is refused";
    const char *end = text + count;
    if (!find_in(text, end, "{\"rendered\":{") && !find_in(text, end, ",\"rendered\":{")) return "no page is rendered";
    return check_level(client, text, count);
}

static inline const char *read_clicked(const struct client *client, const char *text, size_t count) {
    if (!is_answer(client, text, count)) return "not the click's answer";
    if (!find_in(text, text + count, "\"response\":{\"diff\":{")) return "the answer has no diff";
    return check_level(client, text, count);
}

/* A word comes to all as a diff; who said it has an answer too, before or after. */
static inline const char *read_word(struct client *client, const char *text, size_t count) {
    char diff[256];
    snprintf(diff, sizeof diff, ",null,\"%s\",\"diff\",{", client->page.topic);
    const char *references = begins_with(text, count, "[null") ? "[null" : "[\"4\"";
    size_t skipped = strlen(references);
    if (is_answer(client, text, count))
        client->is_answered = true;
    else if (begins_with(text, count, references) && begins_with(text + skipped, count - skipped, diff) &&
             find_in(text, text + count, word))
        client->has_heard = true;
    else
        return "not the word that was said";
    return NULL;
}

/* Reads a compact message; returns what is wrong with it, or NULL. */
static inline const char *read_message(struct client *client, const char *text, size_t count) {
    switch (client->state) {
    case JOIN: return read_joined(client, text, count);
    case CLICK: return read_clicked(client, text, count);
    case HEARTBEAT: return is_answer(client, text, count) ? NULL : "not the heartbeat's answer";
    case WORD: return read_word(client, text, count);
    case NOTHING: case PAGE: case AWAY: case UPGRADE: case LIVE: case LOST: break;
    }
    return "a message that nothing asked for";
}

#endif
