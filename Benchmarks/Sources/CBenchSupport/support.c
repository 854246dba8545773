#define _GNU_SOURCE
#include "bench_support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

double bench_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

_Noreturn void bench_fail(const char *what) {
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
    exit(1);
}

_Noreturn void bench_refuse(const char *what) {
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
    exit(1);
}

int bench_connect(const char *address) {
    char host[INET_ADDRSTRLEN] = "";
    const char *colon = strrchr(address, ':');
    if (!colon || (size_t)(colon - address) >= sizeof host) bench_refuse("an address is IP:PORT");
    memcpy(host, address, (size_t)(colon - address));
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(colon + 1))};
    if (inet_pton(AF_INET, host, &to.sin_addr) != 1) bench_refuse("an address is IP:PORT");
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0) bench_fail("socket");
    if (connect(connection, (struct sockaddr *)&to, sizeof to) < 0) bench_fail(address);
    return connection;
}

int bench_listen(uint16_t *port) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0) bench_fail("socket");
    if (bind(listener, (struct sockaddr *)&at, sizeof at) < 0) bench_fail("bind");
    if (listen(listener, 16) < 0) bench_fail("listen");
    if (getsockname(listener, (struct sockaddr *)&at, &length) < 0) bench_fail("getsockname");
    *port = ntohs(at.sin_port);
    return listener;
}

int bench_is_digest(const unsigned char *hash, const char *digest) {
    char text[sizeof "sha256:" + 64] = "sha256:";
    for (int byte = 0; byte < 32; byte++) sprintf(text + strlen("sha256:") + 2 * byte, "%02x", hash[byte]);
    return strcmp(text, digest) == 0;
}

void *bench_buffer(size_t count) {
    void *buffer = malloc(count);
    if (!buffer) bench_fail("malloc");
    memset(buffer, 1, count);
    return buffer;
}

size_t bench_read_head(int connection, char *buffer, size_t buffer_bytes, struct bench_reply *reply) {
    size_t filled = 0;
    for (;;) {
        ssize_t count = recv(connection, buffer + filled, buffer_bytes - 1 - filled, 0);
        if (count < 0) bench_fail("recv");
        if (count == 0) bench_refuse("the server closed the connection before it answered");
        filled += (size_t)count;
        buffer[filled] = 0;
        char *end = strstr(buffer, "\r\n\r\n");
        if (!end) continue;
        reply->head_bytes = (size_t)(end - buffer) + 4;
        *end = 0;
        char *length = strcasestr(buffer, "\r\ncontent-length:");
        if (sscanf(buffer, "HTTP/1.1 %d", &reply->status) != 1) bench_refuse("no HTTP/1.1 reply");
        if (!length) bench_refuse("the reply has no Content-Length");
        reply->length = atoll(length + strlen("\r\ncontent-length:"));
        return filled;
    }
}
