/*
 * When a program saw a card and when it had its identifier: to be loaded before libpcsclite (LD_PRELOAD), and the same for
 * every program that is measured. BALIE_METER names the file that holds the moments. It is mapped, so that noting one is a
 * store and no call of the system.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <winscard.h>

#define MOST 16384

/* What tests/bench/reader/moments.rs reads, 32 bytes each. The first one only counts the others. */
struct moment {
    int64_t at_ns;
    uint32_t kind;
    uint32_t length;
    unsigned char bytes[16];
};

enum { SEEN = 1, ASKED = 2, ANSWERED = 3, WRITTEN = 4 };

typedef LONG status_function(SCARDCONTEXT, DWORD, SCARD_READERSTATE *, DWORD);
typedef LONG transmit_function(SCARDHANDLE, const SCARD_IO_REQUEST *, LPCBYTE, DWORD, SCARD_IO_REQUEST *, LPBYTE, LPDWORD);
typedef ssize_t write_function(int, const void *, size_t);

static status_function *next_status;
static transmit_function *next_transmit;
static write_function *next_write;
static struct moment *moments;

__attribute__((constructor)) static void prepare(void)
{
    const char *path = getenv("BALIE_METER");
    const size_t size = (MOST + 1) * sizeof *moments;
    int file = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;

    next_status = (status_function *)dlsym(RTLD_NEXT, "SCardGetStatusChange");
    next_transmit = (transmit_function *)dlsym(RTLD_NEXT, "SCardTransmit");
    next_write = (write_function *)dlsym(RTLD_NEXT, "write");
    if (file < 0 || ftruncate(file, (off_t)size) != 0)
        abort();
    moments = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (moments == MAP_FAILED || !next_status || !next_transmit || !next_write)
        abort();
    close(file);
}

static int64_t now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

/* A moment that finds no room is counted all the same, so that the reader of the file misses it. */
static void note(int64_t at_ns, uint32_t kind, const void *bytes, size_t length)
{
    uint32_t place = 1 + __atomic_fetch_add(&moments->length, 1, __ATOMIC_RELAXED);
    struct moment *moment = moments + place;

    if (place > MOST)
        return;
    moment->at_ns = at_ns;
    moment->length = (uint32_t)length;
    memcpy(moment->bytes, bytes, length < sizeof moment->bytes ? length : sizeof moment->bytes);
    __atomic_store_n(&moment->kind, kind, __ATOMIC_RELEASE);
}

LONG SCardGetStatusChange(SCARDCONTEXT context, DWORD limit, SCARD_READERSTATE *states, DWORD count)
{
    LONG result = next_status(context, limit, states, count);
    int64_t at_ns = now();

    for (DWORD at = 0; result == SCARD_S_SUCCESS && at < count; at++)
        if (states[at].dwEventState & ~states[at].dwCurrentState & SCARD_STATE_PRESENT)
            note(at_ns, SEEN, NULL, 0);
    return result;
}

LONG SCardTransmit(SCARDHANDLE card, const SCARD_IO_REQUEST *protocol, LPCBYTE command, DWORD length,
                   SCARD_IO_REQUEST *answered, LPBYTE answer, LPDWORD answer_length)
{
    int64_t asked_ns = now();
    LONG result = next_transmit(card, protocol, command, length, answered, answer, answer_length);
    int64_t at_ns = now();
    DWORD end = *answer_length;

    if (result == SCARD_S_SUCCESS && end > 2 && answer[end - 2] == 0x90 && answer[end - 1] == 0) {
        note(asked_ns, ASKED, NULL, 0);
        note(at_ns, ANSWERED, answer, end - 2);
    }
    return result;
}

/* What a program tells on standard output it has in its hands by then. */
ssize_t write(int descriptor, const void *bytes, size_t length)
{
    if (descriptor == STDOUT_FILENO)
        note(now(), WRITTEN, bytes, length);
    return next_write(descriptor, bytes, length);
}
