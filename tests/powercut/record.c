/* Writes down what a program does to the files of one folder, in the order in which the kernel was asked: to be loaded
   before the C library (LD_PRELOAD). BALIE_POWERCUT_FOLDER names the folder, BALIE_POWERCUT_LOG the log. What is written
   to a file outside that folder called "marks" is a mark of the program itself, for example "receipt 7 was shown".

   A record is a header of 24 bytes in the order of bytes of this machine, and `length` bytes of what was written or of
   names below the folder:
     o  opened: descriptor, at = 1 when it was made + 2 when it was emptied, name ("" is the folder itself)
     c  closed: descriptor
     w  written: descriptor, at = place, the bytes
     t  cut or lengthened: descriptor, at = new length
     s  synced: descriptor
     r  renamed: old name, a zero, new name
     u  removed: name
     m  a mark
     x  something that is not understood here, which spoils the recording: its name
   A lock is held over each call and its record, so that the order in the log is the order on the disk. The shared memory
   of SQLite (-shm) is not followed: it holds nothing that is not rebuilt at the next opening. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NOTHING, IN_FOLDER, MARKS, DESCRIPTORS = 65536 };

struct header {
    char kind;
    char unused[3];
    int32_t descriptor;
    uint64_t at;
    uint64_t length;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned char watched[DESCRIPTORS];
static const char *folder;
static size_t folder_length;
static int out = -1;

/* The next function of this name, which is the one of the C library. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void)
{
    const char *log = getenv("BALIE_POWERCUT_LOG");

    folder = getenv("BALIE_POWERCUT_FOLDER");
    if (!folder || !log)
        return;
    folder_length = strlen(folder);
    out = NEXT(open)(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (out < 0)
        abort();
}

static void put(const void *bytes, size_t length)
{
    const char *rest = bytes;

    while (length > 0) {
        ssize_t done = NEXT(write)(out, rest, length);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            abort(); /* A recording with a hole would prove nothing. */
        rest += done;
        length -= (size_t)done;
    }
}

static void note(char kind, int descriptor, uint64_t at, const void *bytes, size_t length)
{
    struct header header = {kind, {0}, descriptor, at, length};
    int kept = errno;

    put(&header, sizeof header);
    put(bytes, length);
    errno = kept;
}

/* The name below the folder, or nothing for a file that is not followed. */
static const char *below(const char *path)
{
    size_t length = path ? strlen(path) : 0;

    if (out < 0 || length < folder_length || strncmp(path, folder, folder_length) != 0)
        return NULL;
    if (path[folder_length] != '/' && path[folder_length] != '\0')
        return NULL;
    if (length >= 4 && strcmp(path + length - 4, "-shm") == 0)
        return NULL;
    path += folder_length;
    while (*path == '/')
        path++;
    /* The copies of the ledger are whole files of their own in a folder below: no ledger is ever opened from them. */
    if (strncmp(path, "backups", 7) == 0)
        return NULL;
    return path;
}

static int is(int descriptor, int what)
{
    return out >= 0 && descriptor >= 0 && descriptor < DESCRIPTORS && watched[descriptor] == what;
}

static int opened(const char *path, int flags, mode_t mode)
{
    const char *name = below(path);
    struct stat before;
    int made, descriptor;

    pthread_mutex_lock(&lock);
    made = name && (flags & O_CREAT) && stat(path, &before) != 0;
    descriptor = NEXT(open)(path, flags, mode);
    if (descriptor >= DESCRIPTORS)
        abort();
    if (descriptor >= 0) {
        const char *last = strrchr(path, '/');

        watched[descriptor] = name ? IN_FOLDER : last && strcmp(last, "/marks") == 0 ? MARKS : NOTHING;
        if (name)
            note('o', descriptor, (uint64_t)(made + (flags & O_TRUNC ? 2 : 0)), name, strlen(name));
    }
    pthread_mutex_unlock(&lock);
    return descriptor;
}

/* The third word of open is only there when a file may be made. */
#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        va_list rest; \
        mode_t mode = 0; \
        va_start(rest, flags); \
        if (flags & (O_CREAT | O_TMPFILE)) \
            mode = va_arg(rest, mode_t); \
        va_end(rest); \
        return opened(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

int close(int descriptor)
{
    int done;

    pthread_mutex_lock(&lock);
    if (is(descriptor, IN_FOLDER))
        note('c', descriptor, 0, NULL, 0);
    if (descriptor >= 0 && descriptor < DESCRIPTORS)
        watched[descriptor] = NOTHING;
    done = NEXT(close)(descriptor);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t write(int descriptor, const void *bytes, size_t length)
{
    ssize_t done;

    if (is(descriptor, IN_FOLDER)) {
        pthread_mutex_lock(&lock);
        if (fcntl(descriptor, F_GETFL) & O_APPEND)
            lseek(descriptor, 0, SEEK_END);
        off_t at = lseek(descriptor, 0, SEEK_CUR);
        done = NEXT(write)(descriptor, bytes, length);
        if (done > 0)
            note('w', descriptor, (uint64_t)at, bytes, (size_t)done);
        pthread_mutex_unlock(&lock);
        return done;
    }
    if (is(descriptor, MARKS)) {
        pthread_mutex_lock(&lock);
        note('m', 0, 0, bytes, length);
        pthread_mutex_unlock(&lock);
    }
    return NEXT(write)(descriptor, bytes, length);
}

static ssize_t placed(int descriptor, const void *bytes, size_t length, off_t at)
{
    ssize_t done;

    pthread_mutex_lock(&lock);
    done = NEXT(pwrite)(descriptor, bytes, length, at);
    if (done > 0 && is(descriptor, IN_FOLDER))
        note('w', descriptor, (uint64_t)at, bytes, (size_t)done);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t at)
{
    return placed(descriptor, bytes, length, at);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t at)
{
    return placed(descriptor, bytes, length, at);
}

/* A call that changes a file by its descriptor: made, and noted when it worked. */
#define NOTED(name, kind, at, words, ...) \
    int name words \
    { \
        int done; \
        pthread_mutex_lock(&lock); \
        done = NEXT(name)(__VA_ARGS__); \
        if (done == 0 && is(descriptor, IN_FOLDER)) \
            note(kind, descriptor, (uint64_t)(at), #name, kind == 'x' ? strlen(#name) : 0); \
        pthread_mutex_unlock(&lock); \
        return done; \
    }
NOTED(ftruncate, 't', length, (int descriptor, off_t length), descriptor, length)
NOTED(ftruncate64, 't', length, (int descriptor, off64_t length), descriptor, length)
NOTED(fsync, 's', 0, (int descriptor), descriptor)
NOTED(fdatasync, 's', 0, (int descriptor), descriptor)
NOTED(fallocate, 'x', 0, (int descriptor, int how, off_t at, off_t length), descriptor, how, at, length)
NOTED(fallocate64, 'x', 0, (int descriptor, int how, off64_t at, off64_t length), descriptor, how, at, length)
NOTED(posix_fallocate, 'x', 0, (int descriptor, off_t at, off_t length), descriptor, at, length)
NOTED(posix_fallocate64, 'x', 0, (int descriptor, off64_t at, off64_t length), descriptor, at, length)

int unlink(const char *path)
{
    const char *name = below(path);
    int done;

    pthread_mutex_lock(&lock);
    done = NEXT(unlink)(path);
    if (done == 0 && name)
        note('u', 0, 0, name, strlen(name));
    pthread_mutex_unlock(&lock);
    return done;
}

int rename(const char *from, const char *to)
{
    const char *old = below(from), *new = below(to);
    char names[8192];
    int done;

    pthread_mutex_lock(&lock);
    done = NEXT(rename)(from, to);
    if (done == 0 && (old || new)) {
        size_t length = old && new ? strlen(old) + 1 + strlen(new) : 0;

        if (length == 0 || length > sizeof names)
            note('x', 0, 0, "rename", 6);
        else {
            strcpy(names, old);
            strcpy(names + strlen(old) + 1, new);
            note('r', 0, 0, names, length);
        }
    }
    pthread_mutex_unlock(&lock);
    return done;
}

/* Ways to write that nothing uses here today. If that changes the recording says so, and does not prove too much. */
ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t at)
{
    if (is(descriptor, IN_FOLDER))
        note('x', descriptor, 0, "pwritev", 7);
    return NEXT(pwritev)(descriptor, parts, count, at);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count)
{
    if (is(descriptor, IN_FOLDER))
        note('x', descriptor, 0, "writev", 6);
    return NEXT(writev)(descriptor, parts, count);
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t length, unsigned int how)
{
    if (is(to, IN_FOLDER))
        note('x', to, 0, "copy_file_range", 15);
    return NEXT(copy_file_range)(from, from_at, to, to_at, length, how);
}

int openat(int beside, const char *path, int flags, ...)
{
    va_list rest;
    mode_t mode = 0;

    va_start(rest, flags);
    if (flags & (O_CREAT | O_TMPFILE))
        mode = va_arg(rest, mode_t);
    va_end(rest);
    if ((flags & (O_WRONLY | O_RDWR)) && below(path))
        note('x', 0, 0, "openat", 6);
    return NEXT(openat)(beside, path, flags, mode);
}
