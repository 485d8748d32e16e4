#define _GNU_SOURCE
#include "CLinux.h"
#include <sys/file.h>
#include <endian.h>
#include <sys/resource.h>

int clinux_errno(void) { return errno; }

char **clinux_environment(void) { return environ; }

int clinux_open_to_read(const char *path) { return open(path, O_RDONLY | O_CLOEXEC); }

int clinux_open_data(const char *path, int flags) {
    return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

int clinux_open_folder(const char *path) {
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

ssize_t clinux_write_two(int file, const void *first, size_t first_count, const void *second,
                         size_t second_count, off_t at) {
    struct iovec parts[] = { { (void *)first, first_count }, { (void *)second, second_count } };
    return second_count ? pwritev(file, parts, 2, at) : pwrite(file, first, first_count, at);
}

int clinux_lock(int file) { return flock(file, LOCK_EX | LOCK_NB); }

int clinux_reserve(int file, off_t bytes) {
    return fallocate(file, FALLOC_FL_KEEP_SIZE, 0, bytes);
}

int clinux_accept(int listener, struct sockaddr_storage *peer) {
    socklen_t size = sizeof *peer;
    return accept4(listener, (struct sockaddr *)peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int clinux_bind_listen(const char *host, const char *port, int backlog, char *why, size_t why_size) {
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV };
    struct addrinfo *found = NULL;
    int code = getaddrinfo(host, port, &hints, &found);
    if (code) { snprintf(why, why_size, "%s", gai_strerror(code)); return -1; }
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int one = 1, failed = fd < 0;
    // Not shared with another process: a second collector on the port must be told at once.
    failed = failed || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (!failed && found->ai_family == AF_INET6)
        failed = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    failed = failed || bind(fd, found->ai_addr, found->ai_addrlen) || listen(fd, backlog);
    if (failed) {
        int code = errno;
        snprintf(why, why_size, "%s", strerror(code));
        if (fd >= 0) close(fd);
        fd = -code;
    }
    freeaddrinfo(found);
    return fd;
}

void clinux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

void clinux_ignore_signal(int number) { signal(number, SIG_IGN); }

long clinux_raise_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) return 1024;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur > 1 << 20 ? 1 << 20 : (long)limit.rlim_cur;
}

const char *clinux_build_commit(void) {
#ifdef PORTOLAN_COMMIT
    return PORTOLAN_COMMIT;
#else
    return "unknown";
#endif
}

int clinux_affinity_count(void) {
    // Larger than any machine's mask; the kernel refuses a set that is too small.
    enum { processors = 8192 };
    cpu_set_t *set = CPU_ALLOC(processors);
    size_t size = CPU_ALLOC_SIZE(processors);
    int count = set && !sched_getaffinity(0, size, set) ? CPU_COUNT_S(size, set) : 1;
    if (set) CPU_FREE(set);
    return count > 0 ? count : 1;
}

uint64_t clinux_peer_network(const struct sockaddr_storage *peer) {
    uint32_t version4 = ((const struct sockaddr_in *)peer)->sin_addr.s_addr;
    if (peer->ss_family == AF_INET6) {
        const struct in6_addr *address = &((const struct sockaddr_in6 *)peer)->sin6_addr;
        uint64_t prefix;
        memcpy(&prefix, address, sizeof prefix);
        if (!IN6_IS_ADDR_V4MAPPED(address)) return be64toh(prefix);
        memcpy(&version4, (const char *)address + 12, sizeof version4);
    }
    return UINT64_C(0xffff) << 32 | ntohl(version4);
}
