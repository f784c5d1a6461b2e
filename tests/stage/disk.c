/* A disk that fails when it is told to: to be loaded before the C library (LD_PRELOAD). BALIE_DISK names a file; what
   stands in it says how every file whose name holds "ledger.db" fails from then on: "full" has no room, "broken" cannot
   be written, "unsynced" cannot be synced, "locked" cannot be opened for writing. Anything else is a good disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The next function of this name, which is the one of the C library. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_now(const char *how)
{
    char word[16] = "";
    const char *path = getenv("BALIE_DISK");
    int file = path ? NEXT(open)(path, O_RDONLY | O_CLOEXEC) : -1;

    if (file < 0)
        return 0;
    if (read(file, word, sizeof word - 1) < 0)
        word[0] = 0;
    NEXT(close)(file);
    return strcmp(word, how) == 0;
}

static int is_ledger(int descriptor)
{
    char link[64], name[4096];
    ssize_t length;

    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    length = readlink(link, name, sizeof name - 1);
    if (length < 0)
        return 0;
    name[length] = 0;
    return strstr(name, "ledger.db") != NULL;
}

static int fails(int descriptor)
{
    if (!is_ledger(descriptor))
        return 0;
    if (is_now("full"))
        return ENOSPC;
    return is_now("broken") ? EIO : 0;
}

#define WRITES(name, place)                                                        \
    ssize_t name(int descriptor, const void *bytes, size_t length, place at)       \
    {                                                                              \
        int why = fails(descriptor);                                               \
                                                                                   \
        if (!why)                                                                  \
            return NEXT(name)(descriptor, bytes, length, at);                      \
        errno = why;                                                               \
        return -1;                                                                 \
    }
WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)

ssize_t write(int descriptor, const void *bytes, size_t length)
{
    int why = fails(descriptor);

    if (!why)
        return NEXT(write)(descriptor, bytes, length);
    errno = why;
    return -1;
}

#define SYNCS(name)                                                                \
    int name(int descriptor)                                                       \
    {                                                                              \
        if (!is_ledger(descriptor) || !is_now("unsynced"))                         \
            return NEXT(name)(descriptor);                                         \
        errno = EIO;                                                               \
        return -1;                                                                 \
    }
SYNCS(fsync)
SYNCS(fdatasync)

#define OPENS(name)                                                                \
    int name(const char *path, int flags, ...)                                     \
    {                                                                              \
        va_list rest;                                                              \
        mode_t mode;                                                               \
                                                                                   \
        va_start(rest, flags);                                                     \
        mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;           \
        va_end(rest);                                                              \
        if ((flags & O_ACCMODE) == O_RDONLY || !strstr(path, "ledger.db") || !is_now("locked")) \
            return NEXT(name)(path, flags, mode);                                  \
        errno = EROFS;                                                             \
        return -1;                                                                 \
    }
OPENS(open)
OPENS(open64)
