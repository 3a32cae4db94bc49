/*
 * Calls alone, anonymous memory, fork, exec and copy-on-write.
 */
#ifndef IPCBENCH_MEMORY_H
#define IPCBENCH_MEMORY_H

#include "measure.h"

/* ---- null: system call and clock ------------------------------------- */
struct ts { i64 s, ns; };
static int (*vdso_gettime)(int, struct ts *);

static void g_null(void)
{
	enum { R = 401, B = 64 };
	struct ts ts;
	for (int r = 0; r < R; r++) {
		u64 t = now();
		for (int i = 0; i < B; i++) S0(SYS_getppid);
		smp[r] = now() - t;
	}
	report("null_syscall", smp, R, B);
	for (int r = 0; r < R; r++) {
		u64 t = now();
		for (int i = 0; i < B; i++) (void)now();
		smp[r] = now() - t;
	}
	report("clock_cntvct", smp, R, B);
	i64 e = S2(SYS_clock_gettime, 1, &ts);
	if (e < 0) fail("clock_gettime_syscall", e);
	else {
		for (int r = 0; r < R; r++) {
			u64 t = now();
			for (int i = 0; i < B; i++) S2(SYS_clock_gettime, 1, &ts);
			smp[r] = now() - t;
		}
		report("clock_gettime_syscall", smp, R, B);
	}
	if (vdso_gettime) {
		for (int r = 0; r < R; r++) {
			u64 t = now();
			for (int i = 0; i < B; i++) vdso_gettime(1, &ts);
			smp[r] = now() - t;
		}
		report("clock_gettime_vdso", smp, R, B);
	}
	for (int r = 0; r < R; r++) {
		u64 t = now();
		for (int i = 0; i < B; i++) fwake(&C->a, 1);
		smp[r] = now() - t;
	}
	report("futex_wake_nobody", smp, R, B);
}

/* ---- fault: anonymous pages ------------------------------------------ */
static void g_fault(void)
{
	enum { R = 101, N = 256 };
	for (int r = 0; r < R; r++) {
		u64 t = now();
		for (int i = 0; i < 16; i++) unmap(map(PAGE, MAP_PRIVATE_ | MAP_ANON_, -1), PAGE);
		smp[r] = now() - t;
	}
	report("anon_mmap_munmap_4k", smp, R, 16);
	for (int r = 0; r < R; r++) {
		u8 *p = map(N * PAGE, MAP_PRIVATE_ | MAP_ANON_, -1);
		if (bad(p)) { fail("anon_fault_page", (i64)p); return; }
		u64 t = now();
		touch_w(p, N * PAGE);
		smp[r] = now() - t;
		t = now();
		unmap(p, N * PAGE);
		smp2[r] = now() - t;
	}
	report("anon_fault_page", smp, R, N);
	report("anon_unmap_page", smp2, R, N);
}

/* ---- fork ------------------------------------------------------------ */
static void fork_with(const char *name, u64 len, int shared, int R)
{
	u8 *p = 0;
	i64 fd = -1;
	if (shared) {
		fd = sh_open(DIR_ "ipcb.fork", O_RDWR_ | O_CREAT_);
		if (fd < 0) { fail(name, fd); return; }
		S2(SYS_ftruncate, fd, len);
	}
	if (len) {
		p = map(len, shared ? MAP_SHARED_ : MAP_PRIVATE_ | MAP_ANON_, fd);
		if (bad(p)) { fail(name, (i64)p); goto out; }
		touch_w(p, len);
	}
	for (int r = 0; r < R; r++) {
		u64 t = now();
		i64 pid = fork_();
		if (pid == 0) exit_(0);
		if (pid < 0) { fail(name, pid); goto out; }
		wait_(pid);
		smp[r] = now() - t;
	}
	report(name, smp, R, 1);
out:
	if (p && !bad(p)) unmap(p, len);
	if (shared) { S1(SYS_close, fd); sh_unlink(DIR_ "ipcb.fork"); }
}
static void g_fork(void)
{
	fork_with("fork_exit_wait_small", 0, 0, 201);
	fork_with("fork_exit_wait_4m", 4 * MIB, 0, 51);
	fork_with("fork_exit_wait_16m", 16 * MIB, 0, 31);
	fork_with("fork_exit_wait_64m", 64 * MIB, 0, 21);
	fork_with("fork_exit_wait_shm16m", 16 * MIB, 1, 51);
}

/* ---- exec ------------------------------------------------------------ */
static void g_exec(void)
{
	enum { R = 101 };
	char *av[] = { self, "x", 0 }, *ev[] = { 0 };
	for (int r = 0; r < R; r++) {
		u64 t = now();
		i64 pid = fork_();
		if (pid == 0) { i64 e = S3(SYS_execve, self, av, ev); exit_((int)-e); }
		if (pid < 0) { fail("fork_exec_wait", pid); return; }
		int st = wait_(pid);
		smp[r] = now() - t;
		if (st) { fail("fork_exec_wait", -(st >> 8 & 255)); return; }
	}
	report("fork_exec_wait", smp, R, 1);
}

/* ---- cow: who pays for a page after fork ------------------------------ */
static void g_cow(void)
{
	enum { R = 51, N = 256 };
	u8 *p = map(N * PAGE, MAP_PRIVATE_ | MAP_ANON_, -1);
	if (bad(p)) { fail("cow_break_page", (i64)p); return; }
	touch_w(p, N * PAGE);
	for (int r = 0; r < R; r++) {
		i64 pid = fork_();
		if (pid == 0) {
			u64 t = now();
			touch_w(p, N * PAGE);
			C->ticks = now() - t;
			exit_(0);
		}
		if (pid < 0) { fail("cow_break_page", pid); goto out; }
		wait_(pid);
		smp[r] = C->ticks;
		u64 t = now();
		touch_w(p, N * PAGE);
		smp2[r] = now() - t;
	}
	report("cow_break_page", smp, R, N);
	report("cow_reuse_page", smp2, R, N);
out:
	unmap(p, N * PAGE);
}

#endif
