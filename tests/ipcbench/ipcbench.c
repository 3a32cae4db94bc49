/*
 * ipcbench: what memory, fork and communication between processes cost, on any kernel for AArch64
 * that has the calls of Linux which it needs. The very same binary measures Linux and Commons.
 *
 *   aarch64-linux-gnu-gcc -O2 -static -nostdlib -ffreestanding -o ipcbench ipcbench.c
 *
 * is the build that linux.txt was measured with. It is one translation unit on purpose: what the
 * compiler puts in line is part of the figures.
 *
 * Usage: ipcbench [-1] [GROUP...]   no GROUP: all of them, in the order of groups[]
 *                                   -1: on the first core alone
 *        ipcbench x                 exit at once (what the exec measurement runs)
 *
 * As process 1 (/init of a Linux without anything else, or init= of Commons) it first mounts tmpfs
 * on /dev/shm, and powers the machine off at the end.
 *
 * Output: "ipcbench BEGIN", one line per figure, "name value unit", and "ipcbench END". ".med" is
 * the median of the samples, ".min" the smallest; times are nanoseconds of CNTVCT_EL0. A step that
 * the kernel refuses prints "name.med -ERRNO errno" instead, and the run goes on.
 */
#include "memory.h"
#include "messages.h"
#include "names.h"
#include "streams.h"

/* ---- memcpy: the floor ------------------------------------------------ */
static void g_memcpy(void)
{
	char nm[64];
	u8 *a = map(MIB, MAP_PRIVATE_ | MAP_ANON_, -1), *b = map(MIB, MAP_PRIVATE_ | MAP_ANON_, -1);
	if (bad(a) || bad(b)) { fail("memcpy", -12); return; }
	touch_w(a, MIB);
	touch_w(b, MIB);
	for (int z = 0; z < NZ; z++) {
		int K = Z[z].batch, R = Z[z].R;
		for (int r = 0; r < R; r++) {
			u64 t = now();
			for (int k = 0; k < K; k++) copy(b, a, Z[z].len);
			smp[r] = now() - t;
		}
		u64 m = report(cat(nm, "memcpy_", Z[z].s), smp, R, K);
		if (z == 2 || z == 4)	/* bytes/ns * 1000 = MB/s; tenths() of one operation is ns*10 */
			line(z == 2 ? "memcpy_bw_4k" : "memcpy_bw_1m", ".med",
				(u64)Z[z].len * 100000UL / (tenths(m, K) ? tenths(m, K) : 1), "MB/s");
	}
	unmap(a, MIB);
	unmap(b, MIB);
}

/* ---- the rest --------------------------------------------------------- */
static const struct { const char *name; void (*f)(void); } groups[] = {
	{ "null", g_null }, { "fault", g_fault }, { "fork", g_fork }, { "exec", g_exec }, { "cow", g_cow },
	{ "shm", g_shm }, { "lookup", g_lookup }, { "pingpong", g_pingpong }, { "xfer", g_xfer },
	{ "pubsub", g_pubsub }, { "offer", g_offer }, { "memcpy", g_memcpy },
};
static int eq(const char *a, const char *b) { while (*a && *a == *b) a++, b++; return *a == *b; }

static void find_vdso(u8 *base)
{
	if (!base) return;
	u64 ph = *(u64 *)(base + 32), load = 0;
	u64 *dyn = 0;
	int first = 1;
	for (int i = 0; i < *(unsigned short *)(base + 56); i++) {
		u8 *p = base + ph + i * *(unsigned short *)(base + 54);
		if (*(u32 *)p == 1 && first) { load = (u64)base + *(u64 *)(p + 8) - *(u64 *)(p + 16); first = 0; }
		if (*(u32 *)p == 2) dyn = (u64 *)(base + *(u64 *)(p + 8));
	}
	u8 *sym = 0, *str = 0;
	u32 *hash = 0;
	for (; dyn && dyn[0]; dyn += 2) {
		if (dyn[0] == 4) hash = (u32 *)(load + dyn[1]);
		if (dyn[0] == 5) str = (u8 *)(load + dyn[1]);
		if (dyn[0] == 6) sym = (u8 *)(load + dyn[1]);
	}
	if (!sym || !str || !hash) return;
	for (u32 i = 0; i < hash[1]; i++)
		if (eq((char *)str + *(u32 *)(sym + 24 * i), "__kernel_clock_gettime"))
			vdso_gettime = (int (*)(int, struct ts *))(load + *(u64 *)(sym + 24 * i + 8));
}

int main(int argc, char **argv, char **envp)
{
	u64 t0 = now();
	if (argc > 1 && eq(argv[1], "x")) return 0;
	self = argc > 0 ? argv[0] : "/init";
	__asm__("mrs %0, cntfrq_el0" : "=r"(freq));
	while (*envp) envp++;
	for (u64 *av = (u64 *)(envp + 1); av[0]; av += 2)
		if (av[0] == 33) find_vdso((u8 *)av[1]);
	int first = 1;
	if (argc > 1 && eq(argv[1], "-1")) {
		u64 core = 1;
		S3(SYS_sched_setaffinity, 0, sizeof core, &core);
		first = 2;
	}
	int init = S0(SYS_getpid) == 1;
	if (init) {
		while (S3(SYS_write, 1, "", 0) < 0 && sh_open("/dev/console", O_RDWR_) >= 0)
			;	/* Linux has opened it for process 1 */
		S3(SYS_mkdirat, AT_FDCWD_, "/dev", 0755);
		S3(SYS_mkdirat, AT_FDCWD_, "/dev/shm", 01777);
		sys(SYS_mount, (i64)"shm", (i64)"/dev/shm", (i64)"tmpfs", 0, 0, 0);
	}
	os("ipcbench BEGIN\n");
	oflush();
	line("cntfrq", "", freq * 10, "Hz");
	line("cntvct_at_start", "", tenths(t0, 1), "ns");	/* boot time, when run as process 1 */
	i64 fd = sh_open(DIR_ "ipcb.ctl", O_RDWR_ | O_CREAT_);
	i64 e = fd < 0 ? fd : S2(SYS_ftruncate, fd, PAGE);
	C = e < 0 ? (struct ctl *)e : map(PAGE, MAP_SHARED_, fd);
	if (bad(C)) fail("control_page", (i64)C);
	else {
		C->a = 0;
		for (u32 g = 0; g < sizeof groups / sizeof *groups; g++) {
			int want = 1;
			for (int i = first; i < argc; i++) { want = 0; if (eq(argv[i], groups[g].name)) { want = 1; break; } }
			if (want) groups[g].f();
		}
		S1(SYS_close, fd);
		sh_unlink(DIR_ "ipcb.ctl");
	}
	os("ipcbench END\n");
	oflush();
	if (init) {
		sys(SYS_reboot, 0xfee1dead, 672274793, 0x4321fedc, 0, 0, 0);
		for (;;) S0(SYS_sched_yield);
	}
	return 0;
}

#if !__STDC_HOSTED__
void *memcpy(void *d, const void *s, u64 n) { copy(d, s, n); return d; }
void *memset(void *d, int c, u64 n) { for (u64 i = 0; i < n; i++) ((volatile u8 *)d)[i] = c; return d; }
__attribute__((used)) static void start_c(u64 *sp)
{
	int argc = (int)sp[0];
	exit_(main(argc, (char **)(sp + 1), (char **)(sp + 2 + argc)));
}
__asm__(".text\n.global _start\n_start:\n"
	"\tmov x29, xzr\n\tmov x30, xzr\n\tmov x0, sp\n\tand sp, x0, #-16\n\tb start_c\n");
#endif
