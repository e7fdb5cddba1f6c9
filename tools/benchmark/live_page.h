/* What the live-view load generator reads: pages, and messages of Phoenix Channels (version 2, text). */
#ifndef LIVE_PAGE_H
#define LIVE_PAGE_H

#include "socket_frames.h"

/* What a page tells its client, each a string of its own. */
struct page {
    char *topic, *session, *fixed, *csrf, *cookie;
};

static inline const char *find_in(const char *from, const char *end, const char *text) {
    return memmem(from, (size_t)(end - from), text, strlen(text));
}

/* The text from behind `before` up to `after`; NULL if it is not there. */
static inline char *text_between(const char *from, const char *end, const char *before, const char *after) {
    const char *start = find_in(from, end, before);
    if (!start) return NULL;
    start += strlen(before);
    const char *stop = find_in(start, end, after);
    return stop ? checked(strndup(start, (size_t)(stop - start))) : NULL;
}

static inline const char *tag_start(const char *from, const char *inside) {
    while (inside > from && *inside != '<') inside--;
    return inside;
}

/* The meta element with the CSRF token, whatever the order of its attributes. */
static inline char *csrf_token(const char *from, const char *end) {
    const char *name = find_in(from, end, "csrf-token");
    if (!name) return NULL;
    const char *tag = tag_start(from, name), *tag_end = find_in(name, end, ">");
    return tag_end ? text_between(tag, tag_end, "content=\"", "\"") : NULL;
}

/* All cookies that the response's head sets, as a request's Cookie field has them. */
static inline char *cookies(const char *from, const char *end) {
    char *all = checked(strdup(""));
    for (const char *at = from; (at = strcasestr(at, "\r\nset-cookie: ")) && at < end;) {
        at += strlen("\r\nset-cookie: ");
        size_t before = strlen(all), count = strcspn(at, ";\r");
        all = checked(realloc(all, before + count + 3));
        sprintf(all + before, "%s%.*s", before ? "; " : "", (int)count, at);
    }
    return all;
}

/* Reads a response with a page; returns what is wrong with it, or NULL. */
static inline const char *read_page(struct page *page, const char *text, size_t count) {
    const char *end = text + count, *body = find_in(text, end, "\r\n\r\n");
    if (!body || strncmp(text, "HTTP/1.1 200 ", 13)) return "the page is refused";
    const char *main_view = find_in(body, end, "data-phx-main");
    const char *tag_end = main_view ? find_in(main_view, end, ">") : NULL;
    if (!tag_end) return "the page has no live view";
    const char *tag = tag_start(body, main_view);
    char *id = text_between(tag, tag_end, " id=\"", "\"");
    *page = (struct page){
        .session = text_between(tag, tag_end, "data-phx-session=\"", "\""),
        .fixed = text_between(tag, tag_end, "data-phx-static=\"", "\""),
        .csrf = csrf_token(body, end),
        .cookie = cookies(text, body),
    };
    if (!id || !page->session || !page->fixed || !page->csrf) return "the page lacks a token";
    const char *plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    if (page->csrf[strspn(page->csrf, plain)]) return "the CSRF token would need escapes in a URL";
    page->topic = checked(malloc(strlen(id) + 4));
    sprintf(page->topic, "lv:%s", id);
    free(id);
    return NULL;
}

/* Takes out the spaces between a message's tokens, which servers write or do not. Returns its size then. */
static inline size_t compact(char *text, size_t count) {
    size_t kept = 0;
    bool is_string = false;
    for (size_t i = 0; i < count; i++) {
        char c = text[i];
        if (is_string && c == '\\' && i + 1 < count) {
            text[kept++] = c;
            c = text[++i];
        } else if (c == '"') {
            is_string = !is_string;
        } else if (!is_string && (c == ' ' || c == '\n')) {
            continue;
        }
        text[kept++] = c;
    }
    return kept;
}

/* Whether a compact message has this text as the value of some key. */
static inline bool has_value(const char *text, size_t count, const char *value) {
    char wanted[64];
    snprintf(wanted, sizeof wanted, ":\"%s\"", value);
    return find_in(text, text + count, wanted) != NULL;
}

#endif
