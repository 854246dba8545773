#ifndef SHOAL_CLIBUV_SHIM_H
#define SHOAL_CLIBUV_SHIM_H

#include <malloc.h>
#include <uv.h>
#include <fcntl.h>
#include <signal.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

/* fcntl(2) is variadic, which Swift cannot call. */
static inline int shoal_duplicate_descriptor(int descriptor) {
    return fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
}

/* prctl(2) is variadic, and pthread_setname_np only shows with _GNU_SOURCE. Names the calling thread. */
static inline int shoal_name_thread(const char *name) {
    return prctl(PR_SET_NAME, name, 0, 0, 0);
}

/* SIG_IGN is a function-like macro's cast, which Swift does not import. */
static inline int shoal_ignore_sigpipe(void) {
    return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0;
}

#endif
