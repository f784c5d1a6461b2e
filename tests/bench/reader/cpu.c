/* The processor time that processes took so far, in nanoseconds, with the threads of each that have ended: one a line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int count, char **words)
{
    for (int at = 1; at < count; at++) {
        clockid_t clock;
        struct timespec took;

        if (clock_getcpuclockid((pid_t)atoi(words[at]), &clock) != 0 || clock_gettime(clock, &took) != 0)
            return 1;
        printf("%" PRId64 "\n", took.tv_sec * INT64_C(1000000000) + took.tv_nsec);
    }
    return 0;
}
