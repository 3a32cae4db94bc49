/*
 * Bytes between two processes: round trips, and one way.
 */
#ifndef IPCBENCH_STREAMS_H
#define IPCBENCH_STREAMS_H

#include "measure.h"

/* ---- pingpong: round trips ------------------------------------------- */

enum { PR = 101, PB = 32 };
static void pp_fd(const char *name, int pr, int pw, int cr, int cw, u64 len)
{
	static u8 buf[1024];
	i64 e = 0, pid = fork_();
	if (pid == 0) {
		for (int i = 0; i < (PR + 1) * PB; i++) { if (rd(cr, buf, len)) exit_(1); if (wr(cw, buf, len)) exit_(1); }
		exit_(0);
	}
	if (pid < 0) { fail(name, pid); return; }
	for (int r = -1; r < PR && !e; r++) {
		u64 t = now();
		for (int i = 0; i < PB && !e; i++) { e = wr(pw, buf, len); if (!e) e = rd(pr, buf, len); }
		if (r >= 0) smp[r] = now() - t;
	}
	if (e) { fail(name, e); return; }
	wait_(pid);
	report(name, smp, PR, PB);
}
static void g_pingpong(void)
{
	int f[4];
	i64 e = S2(SYS_pipe2, f, 0);
	if (e >= 0) e = S2(SYS_pipe2, f + 2, 0);
	if (e < 0) fail("pingpong_pipe_1", e);
	else { pp_fd("pingpong_pipe_1", f[0], f[3], f[2], f[1], 1); closefds(f, 4); }

	e = S4(SYS_socketpair, 1, 1, 0, f);
	if (e < 0) fail("pingpong_unix_1000", e);
	else { pp_fd("pingpong_unix_1000", f[0], f[0], f[1], f[1], 1000); closefds(f, 2); }

	C->a = C->b = 0;
	i64 pid = fork_();
	if (pid == 0) {
		for (u32 i = 1; i <= (PR + 1) * PB; i++) {
			while (LD(&C->a) != i) fwait(&C->a, i - 1);
			ST(&C->b, i);
			fwake(&C->b, 1);
		}
		exit_(0);
	}
	if (pid < 0) fail("pingpong_futex", pid);
	else {
		u32 i = 0;
		for (int r = -1; r < PR; r++) {
			u64 t = now();
			for (int k = 0; k < PB; k++) {
				ST(&C->a, ++i);
				fwake(&C->a, 1);
				while (LD(&C->b) != i) fwait(&C->b, i - 1);
			}
			if (r >= 0) smp[r] = now() - t;
		}
		wait_(pid);
		report("pingpong_futex", smp, PR, PB);
	}

	C->a = 0;
	pid = fork_();
	if (pid == 0) {
		for (u32 i = 1; i <= (PR + 1) * PB; i++) {
			while (LD(&C->a) != 2 * i - 1) S0(SYS_sched_yield);
			ST(&C->a, 2 * i);
		}
		exit_(0);
	}
	if (pid < 0) fail("pingpong_yield", pid);
	else {
		u32 i = 0;
		for (int r = -1; r < PR; r++) {
			u64 t = now();
			for (int k = 0; k < PB; k++) {
				i++;
				ST(&C->a, 2 * i - 1);
				while (LD(&C->a) != 2 * i) S0(SYS_sched_yield);
			}
			if (r >= 0) smp[r] = now() - t;
		}
		wait_(pid);
		report("pingpong_yield", smp, PR, PB);
	}
}

/* ---- xfer: one-way stream, producer to consumer ----------------------- */
static const struct { u32 len; const char *s; int batch, R; } Z[] = {
	{ 64, "64", 1024, 31 }, { 1000, "1000", 512, 31 }, { 4096, "4k", 256, 31 },
	{ 65536, "64k", 64, 31 }, { 1 << 20, "1m", 8, 21 } };
enum { NZ = 5, RING = 4 << 20 };


static void xfer_fd(const char *kind, int z, int rfd, int wfd, u8 *buf)
{
	char nm[64];
	u32 len = Z[z].len;
	int K = Z[z].batch, R = Z[z].R;
	i64 e = 0;
	cat(nm, kind, Z[z].s);
	C->ack = 0;
	i64 pid = fork_();
	if (pid == 0) {
		for (int r = 0; r <= R; r++) {
			for (int k = 0; k < K; k++) { if (rd(rfd, buf, len)) exit_(1); consume(buf, len); }
			ack_post(r + 1);
		}
		exit_(0);
	}
	if (pid < 0) { fail(nm, pid); return; }
	for (int r = 0; r <= R && !e; r++) {
		u64 t = now();
		for (int k = 0; k < K && !e; k++) { produce(buf, len, k); e = wr(wfd, buf, len); }
		if (!e) ack_wait(r + 1);
		if (r) smp[r - 1] = now() - t;	/* the first batch warms up */
	}
	if (e) { fail(nm, e); return; }
	wait_(pid);
	report(nm, smp, R, K);
}
/*
 * Single-producer single-consumer ring, messages built and read in place.
 * Each side sleeps on a flag of its own that the other clears to wake it, so
 * that nobody calls futex for a partner that is awake; a full ring is waited
 * out until half of it is free.
 */
static void xfer_ring(int z, u8 *ring)
{
	char nm[64];
	u32 len = Z[z].len, slot = (len + 63) / 64 * 64;
	u32 slots = RING / slot > 64 ? 64 : RING / slot;
	int K = Z[z].batch, R = Z[z].R;
	cat(nm, "xfer_shmring_", Z[z].s);
	C->ack = C->head = C->tail = C->cwait = C->pwait = 0;
	i64 pid = fork_();
	if (pid == 0) {
		u32 t = 0;
		for (int r = 0; r <= R; r++) {
			for (int k = 0; k < K; k++) {
				while (LD(&C->head) == t) {
					ST(&C->cwait, 1);
					FENCE();
					if (LD(&C->head) == t) fwait(&C->cwait, 1);
				}
				consume(ring + (u64)(t % slots) * slot, len);
				ST(&C->tail, ++t);
				FENCE();
				if (LD(&C->pwait) && LD(&C->head) - t <= slots / 2) { ST(&C->pwait, 0); fwake(&C->pwait, 1); }
			}
			ack_post(r + 1);
		}
		exit_(0);
	}
	if (pid < 0) { fail(nm, pid); return; }
	u32 h = 0;
	for (int r = 0; r <= R; r++) {
		u64 t = now();
		for (int k = 0; k < K; k++) {
			for (u32 tl; h - (tl = LD(&C->tail)) == slots; ) {
				ST(&C->pwait, 1);
				FENCE();
				if (LD(&C->tail) == tl) fwait(&C->pwait, 1);
			}
			produce(ring + (u64)(h % slots) * slot, len, k);
			ST(&C->head, ++h);
			FENCE();
			if (LD(&C->cwait)) { ST(&C->cwait, 0); fwake(&C->cwait, 1); }
		}
		ack_wait(r + 1);
		if (r) smp[r - 1] = now() - t;
	}
	wait_(pid);
	report(nm, smp, R, K);
}
static void g_xfer(void)
{
	int f[2];
	i64 e;
	u8 *buf = map(MIB, MAP_PRIVATE_ | MAP_ANON_, -1);
	if (bad(buf)) { fail("xfer", (i64)buf); return; }
	touch_w(buf, MIB);
	for (int z = 0; z < NZ; z++) {
		if ((e = S2(SYS_pipe2, f, 0)) < 0) { fail("xfer_pipe", e); break; }
		xfer_fd("xfer_pipe_", z, f[0], f[1], buf);
		closefds(f, 2);
	}
	for (int z = 0; z < NZ; z++) {
		if ((e = S4(SYS_socketpair, 1, 1, 0, f)) < 0) { fail("xfer_unix", e); break; }
		xfer_fd("xfer_unix_", z, f[0], f[1], buf);
		closefds(f, 2);
	}
	i64 fd = sh_open(DIR_ "ipcb.ring", O_RDWR_ | O_CREAT_);
	e = fd < 0 ? fd : S2(SYS_ftruncate, fd, RING);
	u8 *ring = e < 0 ? (u8 *)e : map(RING, MAP_SHARED_, fd);
	if (bad(ring)) fail("xfer_shmring", (i64)ring);
	else {
		touch_w(ring, RING);
		for (int z = 0; z < NZ; z++) xfer_ring(z, ring);
		unmap(ring, RING);
	}
	if (fd >= 0) { S1(SYS_close, fd); sh_unlink(DIR_ "ipcb.ring"); }
	unmap(buf, MIB);
}

#endif
