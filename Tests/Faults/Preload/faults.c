// Loaded before the C library (LD_PRELOAD) into a program under test, never a part of it: kills the
// program, or lets calls fail, or notes all that happens to the files below one folder.
//
//   FAULTS_BELOW=FOLDER   which files; all else is let through
//   FAULTS_KILL=[KIND:]N  SIGKILL at the N-th call; of a write the first half is done
//   FAULTS_KILL=[KIND:]N+ the same after the call
//   FAULTS_FAIL=[KIND:]N[-M]:ERROR   calls N to M fail with EIO or ENOSPC and do nothing
//   FAULTS_SWITCH=FILE    while FILE is there, calls fail as its text says: [KIND:]ERROR
//   FAULTS_LOG=FILE       see struct note
//
// A KIND is write, sync, rename, truncate, remove, open or reserve; without one every call counts.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind { any, kind_write, kind_sync, kind_rename, kind_truncate, kind_remove, kind_open,
            kind_reserve, kind_sync_folder, kinds };
static const char *const kind_names[] = { "any", "write", "sync", "rename", "truncate", "remove",
                                          "open", "reserve" };

// What a log is made of, lowest byte first: this, the path, the other path, the content.
struct note {
    uint8_t kind;          // as in enum kind; 6 is a file that was made or opened
    uint8_t made;          // of an open: whether the file is new
    uint16_t error;        // 0 when the call succeeded
    uint32_t file;         // the same for all paths that a file has in its life
    uint64_t began, ended; // monotonic, in nanoseconds
    uint64_t offset;       // of a write; the new length of a truncate
    uint32_t path_bytes, other_bytes, content_bytes, zero;
};

// ---- What is known of files. Guarded by `lock`, under which every noted call runs: the log has
// the order in which things happened.

enum { files_max = 1 << 16, paths_max = 4096 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t file_of_descriptor[files_max];
static struct { char *path; uint32_t file; } known[paths_max];
static uint32_t files;
static char below[PATH_MAX];
static int log_file = -1;

struct trigger { enum kind kind; long first, last; int error, is_after; };
static struct trigger kill_at, fail_at;
static const char *switch_path;
static long counts[kinds];
// Of the call that is under way.
static uint64_t began;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static enum kind kind_named(const char *text, const char **rest) {
    const char *colon = strchr(text, ':');
    *rest = text;
    for (int kind = 0; colon && kind < kind_sync_folder; kind++)
        if (strlen(kind_names[kind]) == (size_t)(colon - text)
            && !strncmp(kind_names[kind], text, colon - text)) {
            *rest = colon + 1;
            return kind;
        }
    return any;
}

static int error_named(const char *text) {
    if (!strncmp(text, "EIO", 3)) return EIO;
    if (!strncmp(text, "ENOSPC", 6)) return ENOSPC;
    if (!strncmp(text, "EROFS", 5)) return EROFS;
    fprintf(stderr, "faults: no error is called %s\n", text);
    abort();
}

static struct trigger trigger_named(const char *text) {
    struct trigger trigger = { any, 0, 0, 0, 0 };
    if (!text) return trigger;
    const char *rest;
    char *end;
    trigger.kind = kind_named(text, &rest);
    trigger.first = trigger.last = strtol(rest, &end, 10);
    if (*end == '-') trigger.last = strtol(end + 1, &end, 10);
    trigger.is_after = *end == '+';
    if (*end == ':') trigger.error = error_named(end + 1);
    return trigger;
}

__attribute__((constructor)) static void start(void) {
    const char *folder = getenv("FAULTS_BELOW");
    if (!folder) return;
    if (!realpath(folder, below)) { perror(folder); abort(); }
    kill_at = trigger_named(getenv("FAULTS_KILL"));
    fail_at = trigger_named(getenv("FAULTS_FAIL"));
    switch_path = getenv("FAULTS_SWITCH");
    const char *path = getenv("FAULTS_LOG");
    if (path) {
        log_file = REAL(open)(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (log_file < 0) { perror(path); abort(); }
    }
}

static int is_below(const char *path) {
    size_t count = strlen(below);
    return count && !strncmp(path, below, count) && (!path[count] || path[count] == '/');
}

static uint32_t known_file(const char *path) {
    for (int index = 0; index < paths_max; index++)
        if (known[index].path && !strcmp(known[index].path, path)) return known[index].file;
    return 0;
}

static void forget(const char *path) {
    for (int index = 0; index < paths_max; index++)
        if (known[index].path && !strcmp(known[index].path, path)) {
            free(known[index].path);
            known[index].path = NULL;
        }
}

static void remember(const char *path, uint32_t file) {
    forget(path);
    for (int index = 0; index < paths_max; index++)
        if (!known[index].path) {
            known[index].path = strdup(path);
            known[index].file = file;
            return;
        }
    abort();
}

// ---- What happens to a call.

static void write_all(const void *bytes, size_t count) {
    while (count) {
        ssize_t written = REAL(write)(log_file, bytes, count);
        if (written < 0) abort();
        bytes = (const char *)bytes + written;
        count -= written;
    }
}

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void note(enum kind kind, int made, int error, uint32_t file, uint64_t offset,
                 const char *path, const char *other, const struct iovec *parts, int part_count) {
    if (log_file < 0) return;
    struct note head = { kind, made, error, file, began, nanoseconds(), offset, strlen(path),
                         strlen(other), 0, 0 };
    for (int part = 0; part < part_count; part++) head.content_bytes += parts[part].iov_len;
    write_all(&head, sizeof head);
    write_all(path, head.path_bytes);
    write_all(other, head.other_bytes);
    for (int part = 0; part < part_count; part++) write_all(parts[part].iov_base, parts[part].iov_len);
}

static int is_hit(const struct trigger *trigger, enum kind kind, int after) {
    if (trigger->kind != any && trigger->kind != kind) return 0;
    long count = counts[trigger->kind];
    return trigger->first && after == trigger->is_after && count >= trigger->first
        && count <= trigger->last;
}

// Counts a call and tells what becomes of it: 0 goes on, -1 dies, else the error.
static int fate(enum kind kind) {
    began = nanoseconds();
    counts[any]++;
    counts[kind]++;
    if (is_hit(&kill_at, kind, 0)) return -1;
    if (is_hit(&fail_at, kind, 0)) return fail_at.error;
    if (!switch_path) return 0;
    int file = REAL(open)(switch_path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char text[64] = "";
    ssize_t count = read(file, text, sizeof text - 1);
    REAL(close)(file);
    const char *rest;
    enum kind wanted = count > 0 ? kind_named(text, &rest) : any;
    if (count <= 0 || (wanted != any && wanted != kind)) return 0;
    return error_named(rest);
}

static void die_if_over(enum kind kind) {
    if (is_hit(&kill_at, kind, 1)) raise(SIGKILL);
}

static uint32_t descriptor_file(int descriptor) {
    return descriptor >= 0 && descriptor < files_max ? file_of_descriptor[descriptor] : 0;
}

// ---- The calls.

static int noted_open(const char *name, int flags, mode_t mode) {
    char path[PATH_MAX + NAME_MAX];
    // What does not exist yet has a folder that does.
    const char *slash = strrchr(name, '/');
    char folder[PATH_MAX] = ".";
    if (slash) snprintf(folder, sizeof folder, "%.*s", (int)(slash - name) + 1, name);
    struct stat status;
    int is_there = !lstat(name, &status);
    char resolved[PATH_MAX];
    if (!below[0] || !realpath(folder, resolved) || !is_below(resolved)) {
        return REAL(open)(name, flags, mode);
    }
    snprintf(path, sizeof path, "%s/%s", resolved, slash ? slash + 1 : name);
    pthread_mutex_lock(&lock);
    int makes = flags & O_CREAT && !is_there;
    began = nanoseconds();
    int error = makes ? fate(kind_open) : 0;
    if (error < 0) raise(SIGKILL);
    errno = error;
    int descriptor = error ? -1 : REAL(open)(name, flags, mode);
    if (descriptor >= 0 && descriptor < files_max) {
        int is_folder = is_there && S_ISDIR(status.st_mode);
        uint32_t file = known_file(path);
        if (!file || makes) remember(path, file = ++files);
        file_of_descriptor[descriptor] = is_folder ? UINT32_MAX : file;
        if (!is_folder) note(kind_open, makes, 0, file, 0, path, "", NULL, 0);
        if (flags & O_TRUNC && is_there) note(kind_truncate, 0, 0, file, 0, path, "", NULL, 0);
        if (makes) die_if_over(kind_open);
    }
    int kept = errno;
    pthread_mutex_unlock(&lock);
    errno = kept;
    return descriptor;
}

static mode_t mode_of(int flags, va_list rest) { return flags & O_CREAT ? va_arg(rest, mode_t) : 0; }

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = mode_of(flags, rest); \
        va_end(rest); \
        return noted_open(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < files_max) file_of_descriptor[descriptor] = 0;
    return REAL(close)(descriptor);
}

static ssize_t noted_write(int descriptor, const struct iovec *parts, int count, off_t offset) {
    uint32_t file = descriptor_file(descriptor);
    if (offset < 0) offset = lseek(descriptor, 0, SEEK_CUR);
    else if (!file) return REAL(pwritev)(descriptor, parts, count, offset);
    pthread_mutex_lock(&lock);
    int error = fate(kind_write);
    if (error < 0) {
        // Some of it comes through, as far as the processes that come later can see.
        if (parts[0].iov_len / 2) {
            ssize_t half = REAL(pwrite)(descriptor, parts[0].iov_base, parts[0].iov_len / 2, offset);
            (void)half;
        }
        raise(SIGKILL);
    }
    errno = error;
    ssize_t written = error ? -1 : REAL(pwritev)(descriptor, parts, count, offset);
    if (written >= 0) {
        struct iovec done[count];
        size_t rest = written;
        for (int part = 0; part < count; part++) {
            done[part] = parts[part];
            if (done[part].iov_len > rest) done[part].iov_len = rest;
            rest -= done[part].iov_len;
        }
        note(kind_write, 0, 0, file, offset, "", "", done, count);
        die_if_over(kind_write);
    }
    int kept = errno;
    pthread_mutex_unlock(&lock);
    errno = kept;
    return written;
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
    return noted_write(descriptor, parts, count, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    if (!descriptor_file(descriptor)) return REAL(pwrite)(descriptor, bytes, count, offset);
    struct iovec part = { (void *)bytes, count };
    return noted_write(descriptor, &part, 1, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off_t offset) {
    return pwrite(descriptor, bytes, count, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    if (!descriptor_file(descriptor)) return REAL(write)(descriptor, bytes, count);
    struct iovec part = { (void *)bytes, count };
    ssize_t written = noted_write(descriptor, &part, 1, -1);
    if (written > 0) lseek(descriptor, written, SEEK_CUR);
    return written;
}

// A call that has no content: FATE is made, noted, and its result returned.
#define NOTED(kind, file, offset, path, other, call) ({ \
    pthread_mutex_lock(&lock); \
    int error = fate(kind); \
    if (error < 0) raise(SIGKILL); \
    errno = error; \
    int result = error ? -1 : (call); \
    int kept = errno; \
    note(kind, 0, result < 0 ? kept : 0, file, offset, path, other, NULL, 0); \
    if (result >= 0) die_if_over(kind); \
    pthread_mutex_unlock(&lock); \
    errno = kept; \
    result; \
})

static int is_folder(int descriptor) { return descriptor_file(descriptor) == UINT32_MAX; }

int fsync(int descriptor) {
    uint32_t file = descriptor_file(descriptor);
    if (!file) return REAL(fsync)(descriptor);
    if (!is_folder(descriptor)) return NOTED(kind_sync, file, 0, "", "", REAL(fsync)(descriptor));
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t count = readlink(link, path, sizeof path - 1);
    path[count < 0 ? 0 : count] = 0;
    pthread_mutex_lock(&lock);
    int error = fate(kind_sync);
    if (error < 0) raise(SIGKILL);
    errno = error;
    int result = error ? -1 : REAL(fsync)(descriptor);
    int kept = errno;
    note(kind_sync_folder, 0, result < 0 ? kept : 0, 0, 0, path, "", NULL, 0);
    if (result >= 0) die_if_over(kind_sync);
    pthread_mutex_unlock(&lock);
    errno = kept;
    return result;
}

int fdatasync(int descriptor) {
    uint32_t file = descriptor_file(descriptor);
    if (!file) return REAL(fdatasync)(descriptor);
    return NOTED(kind_sync, file, 0, "", "", REAL(fdatasync)(descriptor));
}

int ftruncate(int descriptor, off_t bytes) {
    uint32_t file = descriptor_file(descriptor);
    if (!file) return REAL(ftruncate)(descriptor, bytes);
    return NOTED(kind_truncate, file, bytes, "", "", REAL(ftruncate)(descriptor, bytes));
}

int ftruncate64(int descriptor, off_t bytes) { return ftruncate(descriptor, bytes); }

int fallocate(int descriptor, int mode, off_t offset, off_t bytes) {
    uint32_t file = descriptor_file(descriptor);
    if (!file) return REAL(fallocate)(descriptor, mode, offset, bytes);
    return NOTED(kind_reserve, file, bytes, "", "", REAL(fallocate)(descriptor, mode, offset, bytes));
}

int rename(const char *name, const char *other) {
    char path[PATH_MAX], folder[PATH_MAX], to[PATH_MAX + NAME_MAX];
    const char *slash = strrchr(other, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - other) + 1 : 1, slash ? other : ".");
    char resolved[PATH_MAX];
    if (!below[0] || !realpath(name, path) || !is_below(path) || !realpath(folder, resolved))
        return REAL(rename)(name, other);
    snprintf(to, sizeof to, "%s/%s", resolved, slash ? slash + 1 : other);
    pthread_mutex_lock(&lock);
    uint32_t file = known_file(path);
    pthread_mutex_unlock(&lock);
    int result = NOTED(kind_rename, file, 0, path, to, REAL(rename)(name, other));
    if (!result) {
        pthread_mutex_lock(&lock);
        forget(path);
        remember(to, file);
        pthread_mutex_unlock(&lock);
    }
    return result;
}

int unlink(const char *name) {
    char path[PATH_MAX];
    if (!below[0] || !realpath(name, path) || !is_below(path)) return REAL(unlink)(name);
    int result = NOTED(kind_remove, 0, 0, path, "", REAL(unlink)(name));
    if (!result) {
        pthread_mutex_lock(&lock);
        forget(path);
        pthread_mutex_unlock(&lock);
    }
    return result;
}
