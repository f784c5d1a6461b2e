/*
 * The clock on the wall goes on while a computer sleeps, and the one that cannot be set stands still. A test cannot send a
 * computer to sleep, so it adds to what the first clock says: the seconds that stand in the file BALIE_CLOCK.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef int clock_function(clockid_t, struct timespec *);

static long ahead(void)
{
    const char *name = getenv("BALIE_CLOCK");
    FILE *file = name ? fopen(name, "r") : NULL;
    long seconds = 0;

    if (file == NULL)
        return 0;
    if (fscanf(file, "%ld", &seconds) != 1)
        seconds = 0;
    fclose(file);
    return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    clock_function *next = (clock_function *)dlsym(RTLD_NEXT, "clock_gettime");
    int answer = next(clock, now);

    if (answer == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += ahead();
    return answer;
}
