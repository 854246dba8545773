/*
 * Receives a blob, hashes it with SHA-256 and writes it to a file: what a peer must do at least, with nothing in the way.
 *
 *     bare-receiver IP:PORT FILE sha256:HEX
 *
 * Then flushes the file to the disk, as an agent does before it calls a blob whole. Prints JSON: `bytes`; from connecting on, `stored_seconds`
 * until everything was hashed and written, and `flushed_seconds`; `cpu_seconds`; `peak_bytes`.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#define _GNU_SOURCE
#include "bench_support.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 20 };

static void write_all(int file, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(file, bytes, count);
        if (written < 0) bench_fail("write");
        bytes += written;
        count -= (size_t)written;
    }
}

int main(int count, char **words) {
    if (count != 4) bench_refuse("usage: bare-receiver IP:PORT FILE sha256:HEX");
    char *buffer = bench_buffer(BUFFER_BYTES);
    SHA256_CTX hash;
    SHA256_Init(&hash);
    double start = bench_seconds();
    int connection = bench_connect(words[1]);
    int file = open(words[2], O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    if (file < 0) bench_fail(words[2]);
    long long received = 0;
    for (;;) {
        ssize_t got = recv(connection, buffer, BUFFER_BYTES, 0);
        if (got < 0) bench_fail("recv");
        if (got == 0) break;
        SHA256_Update(&hash, buffer, (size_t)got);
        write_all(file, buffer, (size_t)got);
        received += got;
    }
    unsigned char bytes[SHA256_DIGEST_LENGTH];
    SHA256_Final(bytes, &hash);
    if (!bench_is_digest(bytes, words[3])) bench_refuse("the blob does not have its digest");
    double stored = bench_seconds();
    if (fsync(file) < 0) bench_fail("fsync");
    double flushed = bench_seconds();
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    printf("{\"bytes\": %lld, \"stored_seconds\": %.6f, \"flushed_seconds\": %.6f, \"cpu_seconds\": %.3f, \"peak_bytes\": %lld}\n",
           received, stored - start, flushed - start, cpu, (long long)used.ru_maxrss << 10);
    return 0;
}
