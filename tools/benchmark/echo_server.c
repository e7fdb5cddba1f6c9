/* echo_server PORT [REPLIES]: answers each WebSocket message on 127.0.0.1:PORT with the same message, or with the next
 * line of the file REPLIES. Payloads are echoed as they come in: a large message is never held whole.
 *
 * With replies, a socket asked for as /N begins with line N: sockets side by side then get different texts.
 * One thread: it must never be what is measured, and the proxies need the other core. */
#include "socket_frames.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { PAUSE_ABOVE = 1 << 20 };

struct connection {
    int descriptor;
    bool is_open, is_in_payload, is_closing;
    uint32_t events;
    struct queue out, request;
    struct head head;
    uint64_t done, next_line;
    uint8_t control[CONTROL_MAX];
};

static struct lines replies;

static void reply_with_line(struct connection *connection) {
    size_t length;
    const uint8_t *text = line_at(&replies, connection->next_line++, &length);
    uint8_t *room = queue_room(&connection->out, HEAD_MAX + length);
    size_t head = write_head(room, true, OP_TEXT, length, NULL);
    memcpy(room + head, text, length);
    connection->out.end += head + length;
}

static void answer_control(struct connection *connection) {
    int opcode = connection->head.opcode == OP_PING ? OP_PONG : connection->head.opcode;
    if (opcode == OP_PONG && connection->head.opcode != OP_PING) return;
    size_t length = (size_t)connection->head.length;
    uint8_t *room = queue_room(&connection->out, HEAD_MAX + length);
    size_t head = write_head(room, true, opcode, length, NULL);
    memcpy(room + head, connection->control, length);
    connection->out.end += head + length;
    if (opcode == OP_CLOSE) connection->is_closing = true;
}

/* Returns false for what is no frame of a client. */
static bool begin_frame(struct connection *connection) {
    struct head *head = &connection->head;
    bool is_control = head->opcode >= OP_CLOSE;
    if (!head->is_masked || (head->bytes[0] & 0x70) || (is_control && head->length > CONTROL_MAX)) return false;
    connection->is_in_payload = true;
    connection->done = 0;
    if (!is_control && !replies.count) {
        uint8_t *room = queue_room(&connection->out, HEAD_MAX);
        connection->out.end += write_head(room, head->is_final, head->opcode, head->length, NULL);
    }
    return true;
}

static void take_payload(struct connection *connection, const uint8_t *bytes, size_t count) {
    struct head *head = &connection->head;
    if (head->opcode >= OP_CLOSE) {
        mask_into(connection->control + connection->done, bytes, count, head->key, connection->done);
    } else if (!replies.count) {
        mask_into(queue_room(&connection->out, count), bytes, count, head->key, connection->done);
        connection->out.end += count;
    }
    connection->done += count;
    if (connection->done < head->length) return;
    connection->is_in_payload = false;
    if (head->opcode >= OP_CLOSE) {
        answer_control(connection);
    } else if (replies.count && head->is_final) {
        reply_with_line(connection);
    }
}

static bool take_frames(struct connection *connection, const uint8_t *bytes, size_t count) {
    size_t position = 0;
    while (position < count && !connection->is_closing) {
        if (!connection->is_in_payload) {
            bool is_whole;
            position += take_head(&connection->head, bytes + position, count - position, &is_whole);
            if (!is_whole) return true;
            if (!begin_frame(connection)) return false;
        }
        uint64_t wanted = connection->head.length - connection->done;
        size_t taken = count - position < wanted ? count - position : (size_t)wanted;
        take_payload(connection, bytes + position, taken);
        position += taken;
    }
    return true;
}

static bool take_request(struct connection *connection, const uint8_t *bytes, size_t count) {
    queue_add(&connection->request, bytes, count);
    *queue_room(&connection->request, 1) = 0;
    char *text = (char *)connection->request.bytes;
    char *end = strstr(text, "\r\n\r\n");
    if (!end) return queue_count(&connection->request) < HTTP_HEAD_MAX;
    static const char plain[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nup\n";
    static const char upgraded[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                   "Sec-WebSocket-Accept: " HANDSHAKE_ACCEPT "\r\n\r\n";
    connection->is_open = strstr(text, HANDSHAKE_KEY) != NULL;
    if (!connection->is_open) {
        queue_add(&connection->out, plain, sizeof plain - 1);
        connection->request.start = connection->request.end = 0;
        return true;
    }
    if (!strncmp(text, "GET /", 5)) connection->next_line = strtoull(text + 5, NULL, 10);
    queue_add(&connection->out, upgraded, sizeof upgraded - 1);
    size_t used = (size_t)(end + 4 - text);
    bool is_good = take_frames(connection, connection->request.bytes + used, queue_count(&connection->request) - used);
    free(connection->request.bytes);
    memset(&connection->request, 0, sizeof connection->request);
    return is_good;
}

static void accept_all(int epoll, int listener) {
    int descriptor, yes = 1;
    while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        struct connection *connection = checked(calloc(1, sizeof *connection));
        connection->descriptor = descriptor;
        connection->events = EPOLLIN;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
    }
}

/* Returns false when the connection is over. */
static bool serve(int epoll, struct connection *connection, uint32_t ready, uint8_t *buffer) {
    if (ready & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        ssize_t count = recv(connection->descriptor, buffer, READ_SIZE, 0);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return false;
        if (count > 0) {
            bool is_good = connection->is_open ? take_frames(connection, buffer, (size_t)count)
                                               : take_request(connection, buffer, (size_t)count);
            if (!is_good) return false;
        }
    }
    if (!queue_send(&connection->out, connection->descriptor)) return false;
    size_t waiting = queue_count(&connection->out);
    if (connection->is_closing && !waiting) shutdown(connection->descriptor, SHUT_WR);
    uint32_t events = (waiting > PAUSE_ABOVE ? 0u : (uint32_t)EPOLLIN) | (waiting ? (uint32_t)EPOLLOUT : 0u);
    if (events != connection->events) {
        struct epoll_event event = {.events = events, .data.ptr = connection};
        epoll_ctl(epoll, EPOLL_CTL_MOD, connection->descriptor, &event);
        connection->events = events;
    }
    return true;
}

static int listen_on(int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("echo_server: listen");
        exit(2);
    }
    return listener;
}

int main(int count, char **arguments) {
    if (count < 2 || count > 3) {
        fprintf(stderr, "usage: echo_server PORT [REPLIES]\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    if (count == 3) replies = read_lines(arguments[2]);
    int listener = listen_on(atoi(arguments[1])), epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    uint8_t *buffer = checked(malloc(READ_SIZE));
    for (;;) {
        int ready = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!connection) {
                accept_all(epoll, listener);
            } else if (!serve(epoll, connection, events[i].events, buffer)) {
                close(connection->descriptor);
                free(connection->out.bytes);
                free(connection->request.bytes);
                free(connection);
            }
        }
    }
}
