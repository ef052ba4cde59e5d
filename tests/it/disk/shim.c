/* A disk that fails: put before a program with LD_PRELOAD, it makes calls on the ledger's files fail.

   DISK_CALLS  which calls count: any of write, sync, truncate
   DISK_AT     the first that fails, from 1; 0 for none
   DISK_ERROR  with which error number
   DISK_LASTS  once, ever, or the path of a file: as long as it exists
   DISK_SHORT  set: the first one writes half of it, and those after it fail
   DISK_KILL   set: the process dies there instead
   DISK_FILE   the only file that counts, instead of all that belong to the ledger; where the process dies, also reports
   DISK_BOOK   a file that is told how many calls there were, and how many failed */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static long calls, failed;

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

static int is_ledger(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    const char *only = setting("DISK_FILE");
    return *only ? !strcmp(path, only) : strstr(path, "ledger.sqlite") || (*setting("DISK_KILL") && strstr(path, "/reports/"));
}

static void note(void) {
    static int book = -1;
    char line[64];
    if (book < 0) book = syscall(SYS_openat, AT_FDCWD, setting("DISK_BOOK"), O_CREAT | O_WRONLY, 0600);
    int length = snprintf(line, sizeof line, "%ld %ld\n", calls, failed);
    if (book >= 0) syscall(SYS_pwrite64, book, line, length, 0);
}

/* 0 for a call that goes through, 1 for one that fails, 2 for one that does half. */
static int verdict(int fd, const char *kind) {
    int before = errno, verdict = 0;
    if (strstr(setting("DISK_CALLS"), kind) && is_ledger(fd)) {
        pthread_mutex_lock(&turn);
        const char *lasts = setting("DISK_LASTS");
        long at = atol(setting("DISK_AT"));
        calls++;
        if (at > 0 && calls == at) verdict = *setting("DISK_SHORT") ? 2 : 1;
        if (at > 0 && calls > at && strcmp(lasts, "once")) verdict = 1;
        if (verdict && *lasts == '/' && access(lasts, F_OK)) verdict = 0;
        failed += verdict > 0;
        note();
        if (verdict && *setting("DISK_KILL")) kill(getpid(), SIGKILL);
        pthread_mutex_unlock(&turn);
    }
    errno = verdict == 1 ? atoi(setting("DISK_ERROR")) : before;
    return verdict;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define HALF(size) ((size) > 1 ? (size) / 2 : (size))

ssize_t write(int fd, const void *bytes, size_t size) {
    int meets = verdict(fd, "write");
    return meets == 1 ? -1 : NEXT(write)(fd, bytes, meets ? HALF(size) : size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    int meets = verdict(fd, "write");
    return meets == 1 ? -1 : NEXT(pwrite)(fd, bytes, meets ? HALF(size) : size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    int meets = verdict(fd, "write");
    return meets == 1 ? -1 : NEXT(pwrite64)(fd, bytes, meets ? HALF(size) : size, at);
}

int ftruncate(int fd, off_t size) {
    return verdict(fd, "truncate") ? -1 : NEXT(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    return verdict(fd, "truncate") ? -1 : NEXT(ftruncate64)(fd, size);
}

int fsync(int fd) {
    return verdict(fd, "sync") ? -1 : NEXT(fsync)(fd);
}

int fdatasync(int fd) {
    return verdict(fd, "sync") ? -1 : NEXT(fdatasync)(fd);
}
