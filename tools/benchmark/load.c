/* load: WebSocket messages to a server that echoes them, each answer checked byte by byte. One thread.
 *
 * Closed loop: every socket keeps a window of messages in flight. Open loop (-r): messages leave at their time, whatever
 * the answers do, and a latency counts from that time. Standard output tells the driver, a line each: `connected`,
 * `measuring`, `progress N`, then one JSON object. Exits with 4 when an answer is wrong or does not come. */
#include "socket_frames.h"

#include "latencies.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { PATTERN_STEP = 61, OPENING_AT_ONCE = 64, MARK_SIZE = 16 };
#define STALL_NS 20000000000u

enum phase { OPENING, WARMING, MEASURING, CLOSING };

struct client {
    uint32_t number;
    int descriptor;
    bool is_open, is_in_payload;
    uint32_t events;
    struct queue out;
    struct head head;
    uint64_t done;
    size_t answer_size; /* of the message under way, over its frames */
    char response[1024];
    size_t response_count;
    uint64_t sent, received; /* messages */
    uint64_t *sent_at;       /* by message number modulo the window */
};

static struct {
    int port;
    uint32_t sockets, window;
    size_t size;
    double seconds, warm_up, rate;
    uint64_t messages; /* instead of seconds */
    bool holds;
    const char *lines;
} options = {.sockets = 1, .window = 1, .size = 100, .seconds = 2, .warm_up = 0.5};

static enum phase phase = OPENING;
static struct client *clients;
static uint32_t opened, started, ended;
static int epoll;
static uint8_t *pattern, *message;
static struct lines lines;
static uint64_t counted, counted_bytes, handed_out, answered;
static struct latencies latencies;
static uint64_t random_state = 0x9e3779b97f4a7c15u;

static void fail(const struct client *client, const char *what) {
    fprintf(stderr, "load: socket %u, message %llu: %s\n", client->number, (unsigned long long)client->received, what);
    exit(4);
}

static uint32_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32);
}

/* A message is a mark, socket and number in hexadecimal, then a piece of the pattern that depends on the number. */
static void make_mark(char mark[MARK_SIZE + 1], uint32_t socket, uint64_t number) {
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 8; i++) {
        mark[i] = digits[socket >> (28 - 4 * i) & 15];
        mark[8 + i] = digits[(uint32_t)number >> (28 - 4 * i) & 15];
    }
}

static const uint8_t *make_message(const struct client *client, size_t *size) {
    if (lines.count) return line_at(&lines, client->number * (lines.count / options.sockets) + client->sent, size);
    make_mark((char *)message, client->number, client->sent);
    memcpy(message + MARK_SIZE, pattern + client->sent % PATTERN_STEP, options.size - MARK_SIZE);
    *size = options.size;
    return message;
}

static void check(const struct client *client, const uint8_t *bytes, size_t count, size_t offset) {
    if (lines.count) return;
    if (offset + count > options.size) fail(client, "the answer is longer than the message");
    if (offset < MARK_SIZE) {
        char mark[MARK_SIZE + 1];
        make_mark(mark, client->number, client->received);
        size_t part = MARK_SIZE - offset < count ? MARK_SIZE - offset : count;
        if (memcmp(bytes, mark + offset, part)) fail(client, "the answer is another message's");
        bytes += part, count -= part, offset += part;
    }
    if (count && memcmp(bytes, pattern + client->received % PATTERN_STEP + offset - MARK_SIZE, count))
        fail(client, "the answer has other bytes");
}

static void put_message(struct client *client, uint64_t now) {
    if (options.messages && handed_out == options.messages) return;
    handed_out++;
    size_t size;
    const uint8_t *text = make_message(client, &size);
    uint32_t random = next_random();
    uint8_t key[4];
    memcpy(key, &random, 4);
    uint8_t *room = queue_room(&client->out, HEAD_MAX + size);
    size_t head = write_head(room, true, OP_TEXT, size, key);
    mask_into(room + head, text, size, key, 0);
    client->out.end += head + size;
    client->sent_at[client->sent++ % options.window] = now;
    if (phase == MEASURING && lines.count) counted_bytes += size;
}

static void flush(struct client *client) {
    if (!queue_send(&client->out, client->descriptor) && phase != CLOSING) fail(client, "the connection is lost");
    uint32_t events = (uint32_t)EPOLLIN | (queue_count(&client->out) ? (uint32_t)EPOLLOUT : 0u);
    if (events == client->events) return;
    struct epoll_event event = {.events = events, .data.ptr = client};
    epoll_ctl(epoll, EPOLL_CTL_MOD, client->descriptor, &event);
    client->events = events;
}

static void finish_message(struct client *client, uint64_t now) {
    if (!lines.count && client->answer_size != options.size) fail(client, "the answer is shorter than the message");
    if (phase == MEASURING) {
        counted++;
        counted_bytes += client->answer_size;
        latencies_add(&latencies, now - client->sent_at[client->received % options.window]);
    }
    client->received++;
    client->answer_size = 0;
    if (++answered % 1000000 == 0 && options.messages) {
        printf("progress %llu\n", (unsigned long long)answered);
        fflush(stdout);
    }
    if (options.rate == 0 && phase != CLOSING) put_message(client, now);
}

static void take_frames(struct client *client, const uint8_t *bytes, size_t count) {
    uint64_t now = monotonic_ns();
    for (size_t position = 0; position < count;) {
        struct head *head = &client->head;
        if (!client->is_in_payload) {
            bool is_whole;
            position += take_head(head, bytes + position, count - position, &is_whole);
            if (!is_whole) return;
            if (head->bytes[0] & 0x70 || head->is_masked) fail(client, "no frame of a server without extensions");
            client->is_in_payload = true;
            client->done = 0;
        }
        uint64_t wanted = head->length - client->done;
        size_t taken = count - position < wanted ? count - position : (size_t)wanted;
        if (head->opcode < OP_CLOSE) {
            check(client, bytes + position, taken, client->answer_size);
            client->answer_size += taken;
        }
        position += taken;
        client->done += taken;
        if (client->done < head->length) return;
        client->is_in_payload = false;
        if (head->opcode < OP_CLOSE && head->is_final) finish_message(client, now);
    }
}

static void take_response(struct client *client, const uint8_t *bytes, size_t count) {
    if (client->response_count + count >= sizeof client->response) fail(client, "the answer to the upgrade is too long");
    memcpy(client->response + client->response_count, bytes, count);
    client->response_count += count;
    client->response[client->response_count] = 0;
    if (!strstr(client->response, "\r\n\r\n")) return;
    if (strncmp(client->response, "HTTP/1.1 101", 12)) fail(client, "the upgrade was refused");
    client->is_open = true;
    opened++;
}

static void begin_client(struct client *client) {
    client->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (client->descriptor < 0) fail(client, "no descriptor: raise 'ulimit -n'");
    int yes = 1;
    setsockopt(client->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(client->descriptor, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
        fail(client, "cannot connect");
    client->sent_at = checked(calloc(options.window, sizeof *client->sent_at));
    char request[256];
    size_t first = lines.count ? client->number * (lines.count / options.sockets) : 0;
    int length = snprintf(
        request, sizeof request,
        "GET /%zu HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: " HANDSHAKE_KEY "\r\nSec-WebSocket-Version: 13\r\n\r\n", first, options.port);
    queue_add(&client->out, request, (size_t)length);
    client->events = EPOLLIN | EPOLLOUT;
    struct epoll_event event = {.events = client->events, .data.ptr = client};
    epoll_ctl(epoll, EPOLL_CTL_ADD, client->descriptor, &event);
}

static void say(const char *word) {
    printf("%s\n", word);
    fflush(stdout);
}

static void begin_load(void) {
    phase = options.messages ? MEASURING : WARMING;
    if (options.messages) say("measuring");
    uint64_t now = monotonic_ns();
    for (uint32_t i = 0; i < options.sockets; i++) {
        for (uint32_t k = 0; options.rate == 0 && k < options.window; k++) put_message(&clients[i], now);
        flush(&clients[i]);
    }
}

static void begin_closing(void) {
    static const uint8_t normal[] = {3, 232}, key[4] = {0};
    phase = CLOSING;
    for (uint32_t i = 0; i < options.sockets; i++) {
        uint8_t frame[HEAD_MAX + 2];
        size_t head = write_head(frame, true, OP_CLOSE, sizeof normal, key);
        memcpy(frame + head, normal, sizeof normal);
        queue_add(&clients[i].out, frame, head + sizeof normal);
        flush(&clients[i]);
    }
}

/* Open loop: sends what is due. Returns when the next message is. */
static uint64_t send_due(uint64_t due, uint64_t now) {
    static uint32_t turn;
    uint64_t period = (uint64_t)(1e9 / options.rate);
    while (due <= now) {
        struct client *client = NULL;
        for (uint32_t i = 0; i < options.sockets && !client; i++, turn++) {
            struct client *next = &clients[turn % options.sockets];
            if (next->sent - next->received < options.window) client = next;
        }
        if (!client) break; /* All windows are full: it stays due, and its latency counts from now. */
        put_message(client, due);
        flush(client);
        due += period;
    }
    return due;
}

static void serve(struct client *client, uint32_t ready, uint8_t *buffer) {
    if (ready & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        ssize_t count = recv(client->descriptor, buffer, READ_SIZE, 0);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
            if (phase != CLOSING) fail(client, "the connection is lost");
            epoll_ctl(epoll, EPOLL_CTL_DEL, client->descriptor, NULL);
            close(client->descriptor);
            ended++;
            return;
        }
        if (count > 0 && client->is_open) take_frames(client, buffer, (size_t)count);
        if (count > 0 && !client->is_open) take_response(client, buffer, (size_t)count);
    }
    flush(client);
}

static void report(double seconds) {
    printf("{\"messages\": %llu, \"bytes\": %llu, \"seconds\": %.4f, \"p50_us\": %.2f, \"p99_us\": %.2f}\n",
           (unsigned long long)counted, (unsigned long long)counted_bytes, seconds,
           latencies_at(&latencies, 0.5) / 1e3, latencies_at(&latencies, 0.99) / 1e3);
    fflush(stdout);
}

static void run(void) {
    struct epoll_event events[256];
    uint8_t *buffer = checked(malloc(READ_SIZE));
    uint64_t due = 0, changed = monotonic_ns(), last = 0, began = 0;
    for (;;) {
        while (started < options.sockets && started - opened < OPENING_AT_ONCE) begin_client(&clients[started++]);
        uint64_t now = monotonic_ns(), wait = 20000000;
        if (phase == OPENING && opened == options.sockets) {
            say("connected");
            begin_load();
            due = began = now = monotonic_ns();
        }
        if (phase == WARMING && (double)(now - began) >= options.warm_up * 1e9) {
            phase = MEASURING;
            say("measuring");
            began = now = monotonic_ns();
        }
        bool is_over = options.messages ? answered >= options.messages : (double)(now - began) >= options.seconds * 1e9;
        if (phase == MEASURING && is_over) {
            report((double)(now - began) / 1e9);
            if (options.holds) (void)getchar();
            begin_closing();
        }
        if (options.rate > 0 && (phase == WARMING || phase == MEASURING)) {
            due = send_due(due, now);
            wait = due > now ? due - now : 50000;
        }
        if (answered + opened + ended != last || phase == CLOSING) {
            if (phase != CLOSING || answered + opened + ended != last) changed = now;
            last = answered + opened + ended;
        }
        if (phase == CLOSING && (ended == options.sockets || now - changed > 1000000000u)) return;
        if (phase != CLOSING && now - changed > STALL_NS) fail(&clients[0], "nothing came for 20 s");
        struct timespec limit = {0, (long)wait};
        int ready = epoll_pwait2(epoll, events, 256, &limit, NULL);
        for (int i = 0; i < ready; i++) serve(events[i].data.ptr, events[i].events, buffer);
    }
}

static int usage(void) {
    fputs("usage: load [-c sockets] [-w window] [-s bytes] [-t seconds] [-u warm-up seconds] [-n messages]\n"
          "            [-r messages a second] [-f file of messages] [-k] PORT\n"
          "-k keeps the sockets open at the end until a line is read\n", stderr);
    return 64;
}

int main(int count, char **arguments) {
    for (int letter; (letter = getopt(count, arguments, "c:w:s:t:u:n:r:f:k")) != -1;) {
        switch (letter) {
        case 'c': options.sockets = (uint32_t)atoi(optarg); break;
        case 'w': options.window = (uint32_t)atoi(optarg); break;
        case 's': options.size = strtoull(optarg, NULL, 10); break;
        case 't': options.seconds = atof(optarg); break;
        case 'u': options.warm_up = atof(optarg); break;
        case 'n': options.messages = strtoull(optarg, NULL, 10); break;
        case 'r': options.rate = atof(optarg); break;
        case 'f': options.lines = optarg; break;
        case 'k': options.holds = true; break;
        default: return usage();
        }
    }
    if (optind + 1 != count || options.size < MARK_SIZE || !options.sockets || !options.window) return usage();
    options.port = atoi(arguments[optind]);
    prctl(PR_SET_TIMERSLACK, 1000); /* The open loop's sleeps are 50 µs, which is what timers are late by default. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (options.lines) lines = read_lines(options.lines);
    message = checked(malloc(options.size));
    pattern = checked(malloc(options.size + PATTERN_STEP));
    for (size_t i = 0; i < options.size + PATTERN_STEP; i++) pattern[i] = (uint8_t)(' ' + next_random() % 94);
    clients = checked(calloc(options.sockets, sizeof *clients));
    for (uint32_t i = 0; i < options.sockets; i++) clients[i].number = i;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    run();
    return 0;
}
