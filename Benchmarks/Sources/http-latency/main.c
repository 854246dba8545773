/*
 * GETs of many small blobs, each once, over connections that are kept: how long each takes.
 *
 *     http-latency IP:PORT PATHS CONNECTIONS
 *
 * PATHS is a file with a path a line, each ending in sha256:HEX; a body with another digest is an error. Every connection has a thread
 * of its own that takes the next path as soon as it has the body of the one before. Prints JSON: `requests`, `seconds` for all of them, and
 * `p50_seconds`, `p99_seconds`, `max_seconds` of one, from sending the request to the last byte of the body.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#define _GNU_SOURCE
#include "bench_support.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BUFFER_BYTES = 1 << 20, PATHS_LIMIT = 1 << 16, CONNECTIONS_LIMIT = 256 };

static const char *address;
static char *paths[PATHS_LIMIT];
static double latencies[PATHS_LIMIT];
static int path_count;
static atomic_int next_path;

static void read_paths(const char *name) {
    FILE *file = fopen(name, "r");
    if (!file) bench_fail(name);
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0) {
        if (path_count == PATHS_LIMIT) bench_refuse("too many paths");
        line[strcspn(line, "\n")] = 0;
        if (!strstr(line, "sha256:")) bench_refuse("a path ends in sha256:HEX");
        if (!(paths[path_count++] = strdup(line))) bench_fail("strdup");
    }
    free(line);
    fclose(file);
}

/* One request and the whole reply. Returns the seconds it took. */
static double get(int connection, const char *path, char *buffer) {
    char request[4096];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, address);
    if (length < 0 || (size_t)length >= sizeof request) bench_refuse("a path is too long");
    double start = bench_seconds();
    if (send(connection, request, (size_t)length, 0) != length) bench_fail("send");
    struct bench_reply reply;
    size_t filled = bench_read_head(connection, buffer, BUFFER_BYTES, &reply);
    size_t whole = reply.head_bytes + (size_t)reply.length;
    if (reply.status != 200 || whole > BUFFER_BYTES) bench_refuse("a reply is not a small blob");
    while (filled < whole) {
        ssize_t got = recv(connection, buffer + filled, whole - filled, 0);
        if (got < 0) bench_fail("recv");
        if (got == 0) bench_refuse("a body ended early");
        filled += (size_t)got;
    }
    double end = bench_seconds();
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256((unsigned char *)buffer + reply.head_bytes, (size_t)reply.length, hash);
    if (!bench_is_digest(hash, strstr(path, "sha256:"))) bench_refuse("a body does not have the digest that was asked for");
    return end - start;
}

static void *work(void *unused) {
    char *buffer = bench_buffer(BUFFER_BYTES);
    int connection = bench_connect(address), yes = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    for (int turn; (turn = atomic_fetch_add(&next_path, 1)) < path_count;) latencies[turn] = get(connection, paths[turn], buffer);
    free(buffer);
    return unused;
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(int count, char **words) {
    int connections = count == 4 ? atoi(words[3]) : 0;
    if (connections < 1 || connections > CONNECTIONS_LIMIT) bench_refuse("usage: http-latency IP:PORT PATHS CONNECTIONS (up to 256)");
    address = words[1];
    read_paths(words[2]);
    if (path_count == 0) bench_refuse("there are no paths");
    pthread_t threads[CONNECTIONS_LIMIT];
    double start = bench_seconds();
    for (int thread = 0; thread < connections; thread++) {
        if (pthread_create(&threads[thread], NULL, work, NULL) != 0) bench_refuse("no thread could be started");
    }
    for (int thread = 0; thread < connections; thread++) pthread_join(threads[thread], NULL);
    double seconds = bench_seconds() - start;
    qsort(latencies, (size_t)path_count, sizeof latencies[0], ascending);
    printf("{\"requests\": %d, \"seconds\": %.6f, \"p50_seconds\": %.6f, \"p99_seconds\": %.6f, \"max_seconds\": %.6f}\n", path_count, seconds,
           latencies[(path_count - 1) / 2], latencies[(path_count - 1) * 99 / 100], latencies[path_count - 1]);
    return 0;
}
