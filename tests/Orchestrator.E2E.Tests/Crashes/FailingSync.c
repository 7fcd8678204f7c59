/*
 * Loaded in front of the C library: while the file that FAILING_SYNC names exists, no store is synced (EIO). SQLite is linked with what
 * it calls; .NET asks for each function by its name, in the C library itself, so that question is answered here too.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(int descriptor)
{
    const char *trigger = getenv("FAILING_SYNC");
    char link[64], path[4096];
    ssize_t length;

    if (trigger == NULL || access(trigger, F_OK) != 0)
        return 0;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
    length = readlink(link, path, sizeof(path) - 1);
    if (length < 0)
        return 0;
    path[length] = '\0';
    return strstr(path, "/store.db") != NULL;
}

typedef void *(*lookup)(void *, const char *);

static lookup real_lookup(void)
{
    /* By version, since by name it would be the one below. It moved with glibc 2.34. */
    static lookup found;

    if (found == NULL)
        found = (lookup)dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
    if (found == NULL)
        found = (lookup)dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
    return found;
}

static int sync_with(const char *name, int descriptor)
{
    int (*next)(int) = (int (*)(int))real_lookup()(RTLD_NEXT, name);

    if (fails(descriptor)) {
        errno = EIO;
        return -1;
    }
    return next(descriptor);
}

int fsync(int descriptor) { return sync_with("fsync", descriptor); }

int fdatasync(int descriptor) { return sync_with("fdatasync", descriptor); }

void *dlsym(void *handle, const char *name)
{
    if (strcmp(name, "fsync") == 0)
        return (void *)fsync;
    if (strcmp(name, "fdatasync") == 0)
        return (void *)fdatasync;
    return real_lookup()(handle, name);
}
