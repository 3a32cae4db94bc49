/*
 * The system calls of the measurement, raw as Linux numbers them, and the counter.
 * No libc is needed or used.
 */
#ifndef IPCBENCH_CALLS_H
#define IPCBENCH_CALLS_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;
typedef long i64;

enum {	/* AArch64 Linux numbers */
	SYS_mkdirat = 34, SYS_unlinkat = 35, SYS_mount = 40, SYS_ftruncate = 46,
	SYS_openat = 56, SYS_close = 57, SYS_pipe2 = 59, SYS_read = 63, SYS_write = 64,
	SYS_exit_group = 94, SYS_futex = 98, SYS_clock_gettime = 113,
	SYS_sched_setaffinity = 122, SYS_sched_yield = 124, SYS_reboot = 142, SYS_getpid = 172, SYS_getppid = 173,
	SYS_socketpair = 199, SYS_sendmsg = 211, SYS_recvmsg = 212, SYS_munmap = 215,
	SYS_clone = 220, SYS_execve = 221, SYS_mmap = 222, SYS_wait4 = 260,
	SYS_memfd_create = 279,
};
enum { O_RDWR_ = 2, O_CREAT_ = 0100, AT_FDCWD_ = -100, SIGCHLD_ = 17 };
enum { PROT_RW = 3, MAP_SHARED_ = 1, MAP_PRIVATE_ = 2, MAP_ANON_ = 0x20, MAP_POPULATE_ = 0x8000 };
#define KIB 1024UL
#define MIB (1024UL * 1024UL)
#define PAGE 4096UL

static inline i64 sys(i64 n, i64 a, i64 b, i64 c, i64 d, i64 e, i64 f)
{
	register i64 x8 __asm__("x8") = n;
	register i64 x0 __asm__("x0") = a;
	register i64 x1 __asm__("x1") = b;
	register i64 x2 __asm__("x2") = c;
	register i64 x3 __asm__("x3") = d;
	register i64 x4 __asm__("x4") = e;
	register i64 x5 __asm__("x5") = f;
	__asm__ volatile("svc #0" : "+r"(x0)
		: "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory", "cc");
	return x0;
}
#define S0(n) sys(n, 0, 0, 0, 0, 0, 0)
#define S1(n, a) sys(n, (i64)(a), 0, 0, 0, 0, 0)
#define S2(n, a, b) sys(n, (i64)(a), (i64)(b), 0, 0, 0, 0)
#define S3(n, a, b, c) sys(n, (i64)(a), (i64)(b), (i64)(c), 0, 0, 0)
#define S4(n, a, b, c, d) sys(n, (i64)(a), (i64)(b), (i64)(c), (i64)(d), 0, 0)

static i64 sh_open(const char *path, int flags) { return S4(SYS_openat, AT_FDCWD_, path, flags, 0600); }
static i64 sh_unlink(const char *path) { return S3(SYS_unlinkat, AT_FDCWD_, path, 0); }
static void *map(u64 len, int flags, i64 fd) { return (void *)sys(SYS_mmap, 0, len, PROT_RW, flags, fd, 0); }
static void unmap(void *p, u64 len) { S2(SYS_munmap, p, len); }
static inline int bad(const void *p) { return (u64)p > -4096UL; }
static i64 fork_(void) { return sys(SYS_clone, SIGCHLD_, 0, 0, 0, 0, 0); }
static void exit_(int c) { for (;;) S1(SYS_exit_group, c); }
static int wait_(i64 pid) { int st = -1; S4(SYS_wait4, pid, &st, 0, 0); return st; }
static i64 fwait(u32 *w, u32 val) { return S4(SYS_futex, w, 0, val, 0); }
static i64 fwake(u32 *w, u32 n) { return S4(SYS_futex, w, 1, n, 0); }

static inline u64 now(void)
{
	u64 t;
	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(t) : : "memory");
	return t;
}
#define LD(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define ST(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)

/* 64 bytes a turn through two q-register pairs, as the usual libc does */
static void copy(void *d, const void *s, u64 n)
{
	u64 big = n / 64, rest = n % 64;
	if (big)
		__asm__ volatile(
			"1: ldp q0, q1, [%1]\n\tldp q2, q3, [%1, #32]\n\tadd %1, %1, #64\n\t"
			"subs %2, %2, #1\n\tstp q0, q1, [%0]\n\tstp q2, q3, [%0, #32]\n\t"
			"add %0, %0, #64\n\tb.ne 1b"
			: "+r"(d), "+r"(s), "+r"(big) : : "memory", "cc", "v0", "v1", "v2", "v3");
	u64 w = rest / 8;
	rest %= 8;
	for (u64 i = 0; i < w; i++)
		((volatile u64 *)d)[i] = ((const u64 *)s)[i];
	for (u64 i = 0; i < rest; i++)
		((volatile u8 *)d)[w * 8 + i] = ((const u8 *)s)[w * 8 + i];
}

#endif
