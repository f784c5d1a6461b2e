/*
 * pcscd 1.9.9 asks a virtual reader for its card every 400 ms, fixed when it was compiled. A test that lays fifty cards
 * does not wait for that: exactly this pause is shortened.
 *
 * The same pause is where an orphan ends itself: a test process that is killed cannot stop its pcscd.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

#define POLL_NS 400000000L
#define QUICK_NS 20000000L

typedef int nanosleep_function(const struct timespec *, struct timespec *);

static pid_t parent;

__attribute__((constructor)) static void remember_parent(void)
{
    parent = getppid();
}

int nanosleep(const struct timespec *pause, struct timespec *rest)
{
    nanosleep_function *next = (nanosleep_function *)dlsym(RTLD_NEXT, "nanosleep");
    const struct timespec quick = {0, QUICK_NS};

    if (pause->tv_sec != 0 || pause->tv_nsec != POLL_NS)
        return next(pause, rest);
    if (getppid() != parent)
        _exit(0);
    return next(&quick, rest);
}
