/*
 * One HTTP GET whose body is read into a large buffer and thrown away, so that the client costs next to nothing.
 *
 *     http-reader IP:PORT PATH [sha256:HEX] [RANGE]
 *
 * Prints JSON: `status`, `bytes` of the body, `seconds` from connecting to its end, `first_byte_seconds` to its first byte. With a digest
 * ("-" for none) the body is hashed and a wrong one is an error; that takes time, so it is for warming up. RANGE is such as 0-0.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#define _GNU_SOURCE
#include "bench_support.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 20 };

static void check(SHA256_CTX *hash, const char *digest) {
    unsigned char bytes[SHA256_DIGEST_LENGTH];
    SHA256_Final(bytes, hash);
    if (!bench_is_digest(bytes, digest)) bench_refuse("the body does not have the digest that was asked for");
}

int main(int count, char **words) {
    if (count < 3) bench_refuse("usage: http-reader IP:PORT PATH [sha256:HEX|-] [RANGE]");
    const char *digest = count > 3 && strcmp(words[3], "-") != 0 ? words[3] : NULL;
    char *buffer = bench_buffer(BUFFER_BYTES);
    char request[4096];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n%s%s%s\r\n", words[2], words[1],
                          count > 4 ? "Range: bytes=" : "", count > 4 ? words[4] : "", count > 4 ? "\r\n" : "");
    if (length < 0 || (size_t)length >= sizeof request) bench_refuse("the path is too long");
    SHA256_CTX hash;
    SHA256_Init(&hash);

    double start = bench_seconds(), first = 0;
    int connection = bench_connect(words[1]);
    if (send(connection, request, (size_t)length, 0) != length) bench_fail("send");
    struct bench_reply reply;
    size_t filled = bench_read_head(connection, buffer, BUFFER_BYTES, &reply);
    long long received = (long long)(filled - reply.head_bytes);
    if (received > 0) first = bench_seconds();
    if (digest) SHA256_Update(&hash, buffer + reply.head_bytes, (size_t)received);
    while (received < reply.length) {
        ssize_t got = recv(connection, buffer, BUFFER_BYTES, 0);
        if (got < 0) bench_fail("recv");
        if (got == 0) break;
        if (first == 0) first = bench_seconds();
        if (digest) SHA256_Update(&hash, buffer, (size_t)got);
        received += got;
    }
    double end = bench_seconds();
    close(connection);
    if (received != reply.length) {
        fprintf(stderr, "http-reader: the body ended after %lld of %lld bytes (status %d)\n", received, reply.length, reply.status);
        return 1;
    }
    if (digest) check(&hash, digest);
    printf("{\"status\": %d, \"bytes\": %lld, \"seconds\": %.6f, \"first_byte_seconds\": %.6f}\n", reply.status, received, end - start,
           first - start);
    return 0;
}
