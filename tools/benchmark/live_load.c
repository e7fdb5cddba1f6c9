/* live_load: browsers on a page with a live view, each of which loads the page, opens its socket and joins. One thread.
 *
 * Commands come on standard input, a line each; each is answered by one JSON object when all its clients are done:
 *   page N           clients 0 to N-1 load the page, over a connection each, which the server closes
 *   join N           they open their sockets and join the view
 *   click N SECONDS  each clicks, again when it is answered, for so long; 0 seconds: one click each
 *   heartbeat N      one heartbeat each
 *   say N            client 0 says a word, until all of them have heard it
 *   lose N           waits until the server has dropped them
 *   rejoin N         all at once open their sockets and join, as the page's client does; tries again what fails
 * Each answer is read: it must be the answer to that client's message, and have the light's level where one is expected.
 * Exits with 4 when an answer is wrong, or nothing comes for a minute. */
#include "live_client.h"

#include "latencies.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Addresses of this machine that clients come from: each has the ports for ten thousand and more. */
enum { SOURCES = 16, AT_ONCE = 64, DIALS_A_TURN = 256 };
#define STALL_NS 60000000000u
#define RETRY_NS 20000000u

enum kind { IDLE, LOADS_PAGES, JOINS, REJOINS, CLICKS, BEATS, SAYS, LOSES };

static struct {
    enum kind kind;
    uint32_t count, dialed, dialing, done, errors;
    uint64_t began, until, changed, answers, bytes;
} task;

static struct client *clients;
static uint32_t client_count;
static int epoll;
static struct latencies latencies;
/* Whom to dial again, in the order of their time. A client is in it once at most. */
static struct retry {
    struct client *client;
    uint64_t due;
} *retries;
static uint64_t retry_start, retry_end;

__attribute__((noreturn)) static void fail(const struct client *client, const char *what) {
    fprintf(stderr, "live_load: client %u, message %u: %s", client->number, client->ref, what);
    if (queue_count(&client->in))
        fprintf(stderr, ": %.*s", (int)(queue_count(&client->in) < 300 ? queue_count(&client->in) : 300),
                (const char *)client->in.bytes + client->in.start);
    fputc('\n', stderr);
    exit(4);
}

static void watch(struct client *client, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = client};
    if (epoll_ctl(epoll, operation, client->descriptor, &event)) fail(client, strerror(errno));
    client->events = events;
}

static void hang_up(struct client *client) {
    close(client->descriptor);
    client->descriptor = -1;
    client->out.start = client->out.end = client->in.start = client->in.end = 0;
    client->head.count = 0;
    client->is_in_payload = false;
}

/* The connection is gone: a failure, unless that is what is waited for. */
static void lost(struct client *client, const char *what) {
    if (task.kind == REJOINS) {
        hang_up(client);
        task.errors++;
        client->state = LOST;
        retries[retry_end++ % client_count] = (struct retry){client, monotonic_ns() + RETRY_NS};
    } else if (task.kind == LOSES && client->state == LIVE) {
        hang_up(client);
        client->state = LOST;
        task.done++;
    } else {
        fail(client, what);
    }
}

static bool flush(struct client *client) {
    if (!queue_send(&client->out, client->descriptor)) {
        lost(client, "the connection is lost");
        return false;
    }
    uint32_t events = (uint32_t)EPOLLIN | (queue_count(&client->out) ? (uint32_t)EPOLLOUT : 0u);
    if (events != client->events) watch(client, EPOLL_CTL_MOD, events);
    return true;
}

static void dial(struct client *client) {
    int on = 1;
    client->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (client->descriptor < 0) fail(client, strerror(errno));
    setsockopt(client->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(client->descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002 + client->number % SOURCES)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)server.port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(client->descriptor, (struct sockaddr *)&from, sizeof from)) fail(client, strerror(errno));
    client->state = task.kind == LOADS_PAGES ? PAGE : UPGRADE;
    if (connect(client->descriptor, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) {
        lost(client, strerror(errno));
        return;
    }
    if (client->state == PAGE)
        ask_for_page(client);
    else
        ask_for_socket(client);
    watch(client, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

/* The client has what it waited for. */
static void settle(struct client *client, enum state state) {
    uint64_t now = monotonic_ns();
    client->state = state;
    latencies_add(&latencies, now - (task.kind == REJOINS ? task.began : client->began));
    task.answers++;
    task.changed = now;
    if (task.kind == CLICKS && now < task.until) {
        client->state = CLICK;
        client->began = now;
        put_click(client);
        flush(client);
    } else {
        task.done++;
    }
}

static void take_message(struct client *client) {
    size_t count = compact((char *)client->in.bytes + client->in.start, queue_count(&client->in));
    client->in.end = client->in.start + count;
    const char *wrong = read_message(client, (char *)client->in.bytes + client->in.start, count);
    if (wrong) fail(client, wrong);
    client->in.start = client->in.end = 0;
    if (client->state != WORD || (client->has_heard && client->is_answered)) settle(client, LIVE);
}

/* Returns whether the connection is still there. */
static bool finish_frame(struct client *client, const uint8_t *control) {
    switch (client->head.opcode) {
    case OP_PING:
        put_frame(client, OP_PONG, control, client->head.length);
        return flush(client);
    case OP_PONG: return true;
    case OP_CLOSE:
        lost(client, "the server closes the socket");
        return false;
    default:
        if (client->head.is_final) take_message(client);
        return client->descriptor >= 0;
    }
}

static void take_frames(struct client *client, const uint8_t *bytes, size_t count) {
    static uint8_t control[CONTROL_MAX];
    for (;;) {
        if (!client->is_in_payload) {
            if (!count) return;
            size_t taken = take_head(&client->head, bytes, count, &client->is_in_payload);
            bytes += taken, count -= taken;
            if (!client->is_in_payload) return;
            client->left = client->head.length;
            if (client->left + queue_count(&client->in) > MESSAGE_MAX) fail(client, "a message of over 1 MB");
        }
        size_t part = client->left < count ? (size_t)client->left : count;
        if (client->head.opcode >= OP_CLOSE)
            memcpy(control + client->head.length - client->left, bytes, part);
        else
            queue_add(&client->in, bytes, part);
        bytes += part, count -= part, client->left -= part;
        if (client->left) return;
        client->is_in_payload = false;
        if (!finish_frame(client, control)) return;
    }
}

static void take_upgrade(struct client *client, const uint8_t *bytes, size_t count) {
    queue_add(&client->in, bytes, count);
    const char *text = (const char *)client->in.bytes, *end = text + queue_count(&client->in);
    const char *body = find_in(text, end, "\r\n\r\n");
    if (!body && end - text < HTTP_HEAD_MAX) return;
    if (!body || strncmp(text, "HTTP/1.1 101 ", 13) || !find_in(text, body, HANDSHAKE_ACCEPT))
        fail(client, "the socket is refused");
    static uint8_t rest[READ_SIZE];
    size_t rest_count = (size_t)(end - body - 4);
    memcpy(rest, body + 4, rest_count);
    client->in.start = client->in.end = 0;
    client->state = JOIN;
    put_join(client);
    if (flush(client)) take_frames(client, rest, rest_count);
}

static void finish_page(struct client *client) {
    *queue_room(&client->in, 1) = 0;
    const char *wrong = read_page(&client->page, (const char *)client->in.bytes, queue_count(&client->in));
    if (wrong) fail(client, wrong);
    hang_up(client);
    settle(client, AWAY);
}

static void serve(struct client *client, uint32_t ready, uint8_t *buffer) {
    if (ready & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        ssize_t count = recv(client->descriptor, buffer, READ_SIZE, 0);
        if (count == 0 && client->state == PAGE) {
            finish_page(client);
            return;
        }
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
            lost(client, "the connection is lost");
            return;
        }
        if (count > 0) {
            task.bytes += (uint64_t)count;
            if (client->state == PAGE)
                queue_add(&client->in, buffer, (size_t)count);
            else if (client->state == UPGRADE)
                take_upgrade(client, buffer, (size_t)count);
            else
                take_frames(client, buffer, (size_t)count);
        }
    }
    if (client->descriptor >= 0 && client->events & EPOLLOUT) flush(client);
}

static void report(uint64_t now) {
    printf("{\"count\": %llu, \"seconds\": %.6f, \"p50_us\": %.2f, \"p99_us\": %.2f, \"bytes\": %llu, \"errors\": %u}\n",
           (unsigned long long)task.answers, (double)(now - task.began) / 1e9, latencies_at(&latencies, 0.5) / 1e3,
           latencies_at(&latencies, 0.99) / 1e3, (unsigned long long)task.bytes, task.errors);
    fflush(stdout);
    task.kind = IDLE;
}

/* All clients that are to do it begin at once; those of pages and joins are dialed by `dial_more`. */
static void begin(enum kind kind, uint32_t count, double seconds) {
    static const enum state waiting[] = {[CLICKS] = CLICK, [BEATS] = HEARTBEAT, [SAYS] = WORD};
    static const enum state needed[] = {[LOADS_PAGES] = NOTHING, [JOINS] = AWAY, [REJOINS] = LOST, [CLICKS] = LIVE,
                                        [BEATS] = LIVE, [SAYS] = LIVE, [LOSES] = LIVE};
    uint64_t now = monotonic_ns();
    task = (typeof(task)){.kind = kind, .count = count, .began = now, .changed = now};
    task.until = now + (uint64_t)(seconds * 1e9);
    memset(&latencies, 0, sizeof latencies);
    if (kind == SAYS) snprintf(word, sizeof word, "word-%llu", (unsigned long long)(now / 1000));
    for (uint32_t i = 0; i < count; i++) {
        struct client *client = &clients[i];
        bool is_done = (kind == LOADS_PAGES && client->state != NOTHING) || (kind == JOINS && client->state == LIVE);
        if (is_done || (kind == LOSES && client->state == LOST)) {
            task.done++;
            continue;
        }
        if (client->state != needed[kind]) fail(client, "cannot do this now");
        client->began = monotonic_ns();
        if (kind < CLICKS || kind == LOSES) continue;
        client->state = waiting[kind];
        client->is_answered = i > 0;
        client->has_heard = false;
        if (kind == CLICKS) put_click(client);
        if (kind == BEATS) put_heartbeat(client);
    }
    if (kind == SAYS) put_word(&clients[0]);
    for (uint32_t i = 0; i < count && (kind == CLICKS || kind == BEATS || kind == SAYS); i++) flush(&clients[i]);
}

static void dial_more(uint64_t now) {
    for (uint32_t dials = 0; task.dialed < task.count && dials < DIALS_A_TURN; task.dialed++) {
        struct client *client = &clients[task.dialed];
        if (client->state != (task.kind == LOADS_PAGES ? NOTHING : task.kind == JOINS ? AWAY : LOST)) continue;
        if (task.kind != REJOINS && task.dialing - task.answers >= AT_ONCE) return;
        client->began = monotonic_ns();
        task.dialing++;
        dials++;
        dial(client);
    }
    for (; retry_start < retry_end && retries[retry_start % client_count].due <= now; retry_start++)
        dial(retries[retry_start % client_count].client);
}

static void take_command(const char *line) {
    static const struct {
        const char *name;
        enum kind kind;
    } commands[] = {{"page", LOADS_PAGES}, {"join", JOINS}, {"rejoin", REJOINS}, {"click", CLICKS},
                    {"heartbeat", BEATS}, {"say", SAYS}, {"lose", LOSES}};
    char name[16] = "";
    unsigned count = 0;
    double seconds = 0;
    if (sscanf(line, "%15s %u %lf", name, &count, &seconds) >= 2 && count >= 1 && count <= client_count) {
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
            if (strcmp(commands[i].name, name)) continue;
            begin(commands[i].kind, count, seconds);
            return;
        }
    }
    fprintf(stderr, "live_load: no such command: %s\n", line);
    exit(2);
}

static struct {
    char text[256];
    size_t count;
} input;

static void watch_input(bool is_wanted) {
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(epoll, is_wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, STDIN_FILENO, &event);
}

/* Exits when standard input ends. */
static void read_input(void) {
    ssize_t more = read(STDIN_FILENO, input.text + input.count, sizeof input.text - 1 - input.count);
    if (more <= 0) exit(0);
    input.count += (size_t)more;
}

/* The next command, if it is there: one at a time, those behind it wait in the pipe or here. */
static void begin_next(void) {
    input.text[input.count] = 0;
    char *end = strchr(input.text, '\n');
    if (!end) return;
    *end = 0;
    take_command(input.text);
    input.count -= (size_t)(end + 1 - input.text);
    memmove(input.text, end + 1, input.count);
    watch_input(false);
}

static void run(void) {
    struct epoll_event events[256];
    uint8_t *buffer = checked(malloc(READ_SIZE));
    for (;;) {
        if (task.kind == IDLE) begin_next();
        uint64_t now = monotonic_ns();
        bool is_dialing = task.kind == LOADS_PAGES || task.kind == JOINS || task.kind == REJOINS;
        if (is_dialing) dial_more(now);
        if (task.kind != IDLE && task.done >= task.count) {
            report(monotonic_ns());
            watch_input(true);
            continue;
        }
        if (task.kind != IDLE && task.kind != LOSES && now > task.changed + STALL_NS)
            fail(&clients[0], "nothing came for a minute");
        int limit = task.kind == IDLE ? 1000 : task.kind == REJOINS && task.dialed < task.count ? 0 : 10;
        int ready = epoll_wait(epoll, events, 256, limit);
        for (int i = 0; i < ready; i++) {
            struct client *client = events[i].data.ptr;
            if (!client)
                read_input();
            else if (client->descriptor >= 0)
                serve(client, events[i].events, buffer);
        }
    }
}

static void raise_limit(uint32_t count) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    rlim_t wanted = count + 64;
    if (limit.rlim_cur >= wanted) return;
    limit = (struct rlimit){wanted, limit.rlim_max > wanted ? limit.rlim_max : wanted};
    if (!setrlimit(RLIMIT_NOFILE, &limit)) return;
    fprintf(stderr, "live_load: %u clients need %llu file descriptors: raise the limit (ulimit -n)\n", count,
            (unsigned long long)wanted);
    exit(2);
}

int main(int count, char **arguments) {
    int number = 1;
    for (int letter; (letter = getopt(count, arguments, "c:p:s:l:")) != -1;) {
        switch (letter) {
        case 'c': number = atoi(optarg); break;
        case 'p': server.page_path = optarg; break;
        case 's': server.socket_path = optarg; break;
        case 'l': server.level = atoi(optarg); break;
        default: number = 0;
        }
    }
    if (optind + 1 != count || number < 1) {
        fputs("usage: live_load [-c clients] [-p page path] [-s socket path] [-l a light's first level] PORT\n", stderr);
        return 64;
    }
    server.port = atoi(arguments[optind]);
    client_count = (uint32_t)number;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    raise_limit(client_count);
    clients = checked(calloc(client_count, sizeof *clients));
    retries = checked(calloc(client_count, sizeof *retries));
    for (uint32_t i = 0; i < client_count; i++) clients[i].number = i, clients[i].descriptor = -1;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    watch_input(true);
    run();
}
