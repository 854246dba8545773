/* What the bare programs share: a clock, sockets on IPv4 addresses, HTTP replies, and one clear line when something fails. */
#ifndef BENCH_SUPPORT_H
#define BENCH_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

/* Seconds on a clock that never jumps. */
double bench_seconds(void);

/* Prints "program: what: reason of errno" and ends with 1. */
_Noreturn void bench_fail(const char *what);

/* Prints "program: what" and ends with 1. */
_Noreturn void bench_refuse(const char *what);

/* A TCP connection to an address such as 127.0.0.1:5000. Ends the program when there is none. */
int bench_connect(const char *address);

/* A socket that listens on a port of 127.0.0.1 that the kernel chose; `port` is set to it. */
int bench_listen(uint16_t *port);

/* Whether a SHA-256 hash, 32 bytes, is the one that `digest` (sha256:HEX) names. */
int bench_is_digest(const unsigned char *hash, const char *digest);

/* A buffer of `count` bytes whose memory has been touched, so that the first use of it is not slower than the next. */
void *bench_buffer(size_t count);

/* The head of an HTTP reply. */
struct bench_reply {
    int status;
    /* Bytes of the body. */
    long long length;
    size_t head_bytes;
};

/* Reads the head of a reply into `buffer`, together with what of the body came with it. Returns the bytes in the buffer. */
size_t bench_read_head(int connection, char *buffer, size_t buffer_bytes, struct bench_reply *reply);

#endif
