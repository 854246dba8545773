/*
 * Sends a whole file with sendfile(2) to everybody who connects, one after the other, and nothing else.
 *
 *     bare-sender FILE        prints `listening PORT`; runs until it is killed
 */
#include "bench_support.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int count, char **words) {
    if (count != 2) bench_refuse("usage: bare-sender FILE");
    struct stat status;
    int file = open(words[1], O_RDONLY);
    if (file < 0 || fstat(file, &status) < 0) bench_fail(words[1]);
    uint16_t port;
    int listener = bench_listen(&port);
    printf("listening %d\n", port);
    fflush(stdout);
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0) bench_fail("accept");
        off_t offset = 0;
        while (offset < status.st_size) {
            ssize_t sent = sendfile(connection, file, &offset, (size_t)(status.st_size - offset));
            if (sent < 0) bench_fail("sendfile");
            if (sent == 0) bench_refuse("the file became shorter");
        }
        close(connection);
    }
}
