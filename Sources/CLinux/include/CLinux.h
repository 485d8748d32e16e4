// What the Glibc module does not show to Swift: epoll, GNU-only calls, and macros.
#pragma once
#include <malloc.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// errno is a macro.
int clinux_errno(void);

// A global variable, which Swift does not take for safe.
char **clinux_environment(void);

// Variadic. On failure returns -1.
int clinux_open_to_read(const char *path);
// A file of the data directory: links are not followed, and others may not read it.
int clinux_open_data(const char *path, int flags);
// A folder, to sync it.
int clinux_open_folder(const char *path);

// Writes two stretches in one call.
ssize_t clinux_write_two(int file, const void *first, size_t first_count, const void *second,
                         size_t second_count, off_t at);

// Room on disk behind the end of a file, which stays where it is; GNU only.
int clinux_reserve(int file, off_t bytes);

// Takes the lock of a file, which ends with the process; -1 when somebody else has it. Swift takes
// flock for the struct of that name.
int clinux_lock(int file);

// The address unions of the GNU prototypes reject nil; these take plain bytes and report the peer.
int clinux_accept(int listener, struct sockaddr_storage *peer);
// Binds and listens; on failure returns -errno (or -1) and says why.
int clinux_bind_listen(const char *host, const char *port, int backlog, char *why, size_t why_size);

// Gives the calling thread a name of at most 15 characters.
void clinux_name_thread(const char *name);

// SIG_IGN is a cast macro.
void clinux_ignore_signal(int number);

// Raises the limit of open descriptors as far as it goes, and returns it.
long clinux_raise_descriptors(void);

// The commit that this was built from, or "unknown".
const char *clinux_build_commit(void);

// Processors that the calling thread may run on (the affinity mask).
int clinux_affinity_count(void);

// The upper 64 bits of an IPv6 address, or an IPv4 address behind ffff, which no such bits are.
uint64_t clinux_peer_network(const struct sockaddr_storage *peer);
