/* vpcd listens on every address of the machine. In tests it may not: whatever asks for all addresses gets loopback. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

typedef int bind_function(int, const struct sockaddr *, socklen_t);

int bind(int descriptor, const struct sockaddr *address, socklen_t length)
{
    bind_function *next = (bind_function *)dlsym(RTLD_NEXT, "bind");
    const struct sockaddr_in *wanted = (const struct sockaddr_in *)address;

    if (length >= sizeof *wanted && address->sa_family == AF_INET && wanted->sin_addr.s_addr == htonl(INADDR_ANY)) {
        struct sockaddr_in loopback = *wanted;

        loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return next(descriptor, (const struct sockaddr *)&loopback, sizeof loopback);
    }
    return next(descriptor, address, length);
}
