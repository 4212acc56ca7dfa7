/*
 * Notes what a process does to its data.mdb, for replaying power cuts. Loaded
 * with LD_PRELOAD; FT_TRACE names the file that gets the notes.
 *
 * A note: kind (8 bits), 7 bytes unused, offset and length (64 bits each), then
 * as many bytes of data. Kinds:
 *   W  a write is about to be made        D  the last write of this thread is durable (O_DSYNC)
 *   T  the file gets another size         F  a flush begins    E  it has ended
 *   A  something was written to standard output: an acknowledgement
 *
 * FT_FULL names a file: while it exists, writes that make data.mdb longer fail
 * with ENOSPC, for tests without a small disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_FDS 4096
enum { OTHER = 0, DATA = 1, DATA_SYNC = 2 };

static unsigned char kinds[MAX_FDS];
static int trace = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static ssize_t plain_write(int fd, const void *data, size_t length) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  return real(fd, data, length);
}

static void put(const void *data, size_t length) {
  const char *at = data;
  while (length > 0) {
    ssize_t done = plain_write(trace, at, length);
    if (done <= 0) abort();
    at += done;
    length -= (size_t)done;
  }
}

static void note(char kind, uint64_t offset, uint64_t length, const struct iovec *parts, int count) {
  char head[24] = {0};
  int saved = errno;
  head[0] = kind;
  memcpy(head + 8, &offset, 8);
  memcpy(head + 16, &length, 8);
  pthread_mutex_lock(&lock);
  put(head, sizeof head);
  for (int i = 0; i < count; i++) put(parts[i].iov_base, parts[i].iov_len);
  pthread_mutex_unlock(&lock);
  errno = saved;
}

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("FT_TRACE");
  static int (*real)(const char *, int, ...);
  real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
  if (path) trace = real(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int watched(int fd) { return fd >= 0 && fd < MAX_FDS && kinds[fd] != OTHER; }

static int opened(int fd, const char *path, int flags) {
  if (fd < 0 || fd >= MAX_FDS) return fd;
  size_t length = strlen(path);
  int is_data = length >= 9 && strcmp(path + length - 9, "/data.mdb") == 0;
  int writes = (flags & O_ACCMODE) != O_RDONLY;
  kinds[fd] = !is_data || !writes ? OTHER : (flags & O_DSYNC) ? DATA_SYNC : DATA;
  return fd;
}

static int is_full(int fd, off_t end) {
  const char *path = getenv("FT_FULL");
  struct stat found;
  if (!path || access(path, F_OK) != 0) return 0;
  if (fstat(fd, &found) != 0 || end <= found.st_size) return 0;
  errno = ENOSPC;
  return 1;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    mode_t mode = 0; \
    va_list rest; \
    va_start(rest, flags); \
    if (flags & (O_CREAT | O_TMPFILE)) mode = va_arg(rest, mode_t); \
    va_end(rest); \
    REAL(name); \
    return opened(real(path, flags, mode), path, flags); \
  }
OPEN(open)
OPEN(open64)

static void before_write(int fd, const struct iovec *parts, int count, off_t at) {
  uint64_t length = 0;
  for (int i = 0; i < count; i++) length += parts[i].iov_len;
  if (trace >= 0) note('W', (uint64_t)at, length, parts, count);
}

static void after_write(int fd) {
  if (trace >= 0 && kinds[fd] == DATA_SYNC) note('D', 0, 0, NULL, 0);
}

static off_t total(const struct iovec *parts, int count) {
  off_t length = 0;
  for (int i = 0; i < count; i++) length += (off_t)parts[i].iov_len;
  return length;
}

#define PWRITE(name, offset_t) \
  ssize_t name(int fd, const void *data, size_t length, offset_t at) { \
    REAL(name); \
    if (!watched(fd)) return real(fd, data, length, at); \
    struct iovec part = {(void *)data, length}; \
    if (is_full(fd, at + (off_t)length)) return -1; \
    before_write(fd, &part, 1, at); \
    ssize_t done = real(fd, data, length, at); \
    after_write(fd); \
    return done; \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define PWRITEV(name, offset_t) \
  ssize_t name(int fd, const struct iovec *parts, int count, offset_t at) { \
    REAL(name); \
    if (!watched(fd)) return real(fd, parts, count, at); \
    if (is_full(fd, at + total(parts, count))) return -1; \
    before_write(fd, parts, count, at); \
    ssize_t done = real(fd, parts, count, at); \
    after_write(fd); \
    return done; \
  }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(writev);
  if (!watched(fd)) return real(fd, parts, count);
  off_t at = lseek(fd, 0, SEEK_CUR);
  if (is_full(fd, at + total(parts, count))) return -1;
  before_write(fd, parts, count, at);
  ssize_t done = real(fd, parts, count);
  after_write(fd);
  return done;
}

ssize_t write(int fd, const void *data, size_t length) {
  struct iovec part = {(void *)data, length};
  if (watched(fd)) {
    off_t at = lseek(fd, 0, SEEK_CUR);
    if (is_full(fd, at + (off_t)length)) return -1;
    before_write(fd, &part, 1, at);
  } else if (fd == 1 && trace >= 0) {
    note('A', 0, length, &part, 1);
  }
  ssize_t done = plain_write(fd, data, length);
  if (watched(fd)) after_write(fd);
  return done;
}

#define TRUNCATE(name, offset_t) \
  int name(int fd, offset_t size) { \
    REAL(name); \
    if (watched(fd) && trace >= 0) note('T', (uint64_t)size, 0, NULL, 0); \
    return real(fd, size); \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define FLUSH(name) \
  int name(int fd) { \
    REAL(name); \
    if (!watched(fd) || trace < 0) return real(fd); \
    note('F', 0, 0, NULL, 0); \
    int result = real(fd); \
    if (result == 0) note('E', 0, 0, NULL, 0); \
    return result; \
  }
FLUSH(fsync)
FLUSH(fdatasync)

/* The store's map is for reading only; were it ever not, this would tell. */
int msync(void *start, size_t length, int flags) {
  REAL(msync);
  if (trace >= 0) note('M', (uint64_t)(uintptr_t)start, 0, NULL, 0);
  return real(start, length, flags);
}

int close(int fd) {
  REAL(close);
  if (fd >= 0 && fd < MAX_FDS) kinds[fd] = OTHER;
  return real(fd);
}
