/*
 * Messages to several processes over shared memory, and pages that are handed over.
 */
#ifndef IPCBENCH_MESSAGES_H
#define IPCBENCH_MESSAGES_H

#include "measure.h"

/* ---- pubsub: one publisher, four subscribers, over one shared page ---- */
static void g_pubsub(void)
{
	enum { R = 101, B = 8, SUBS = 4, LEN = 1000 };
	i64 pid[SUBS];
	i64 fd = sh_open(DIR_ "ipcb.topic", O_RDWR_ | O_CREAT_);
	i64 e = fd < 0 ? fd : S2(SYS_ftruncate, fd, PAGE);
	u8 *p = e < 0 ? (u8 *)e : map(PAGE, MAP_SHARED_, fd);
	if (bad(p)) { fail("pubsub4_1000", (i64)p); return; }
	touch_w(p, PAGE);
	C->seq = 0;
	for (int s = 0; s < SUBS; s++) {
		C->acks[s][0] = 0;
		pid[s] = fork_();
		if (pid[s] == 0) {
			for (u32 i = 1; i <= (R + 1) * B; i++) {
				while (LD(&C->seq) != i) fwait(&C->seq, i - 1);
				consume(p, LEN);
				ST(&C->acks[s][0], i);
				fwake(&C->acks[s][0], 1);
			}
			exit_(0);
		}
		if (pid[s] < 0) { fail("pubsub4_1000", pid[s]); return; }
	}
	u32 i = 0;
	for (int r = -1; r < R; r++) {
		u64 t = now();
		for (int k = 0; k < B; k++) {
			produce(p, LEN, k);
			ST(&C->seq, ++i);
			fwake(&C->seq, 1 << 30);
			for (int s = 0; s < SUBS; s++)
				while (LD(&C->acks[s][0]) != i) fwait(&C->acks[s][0], i - 1);
		}
		if (r >= 0) smp[r] = now() - t;
	}
	for (int s = 0; s < SUBS; s++) wait_(pid[s]);
	report("pubsub4_1000", smp, R, B);
	unmap(p, PAGE);
	S1(SYS_close, fd);
	sh_unlink(DIR_ "ipcb.topic");
}

/* ---- offer: hand pages to another process, the Linux way --------------- */
struct iov { void *p; u64 n; };
struct msg { void *name; u32 nlen, pad; struct iov *iov; u64 niov; void *ctrl; u64 nctrl; u32 flags, pad2; };
struct cfd { u64 len; int level, type, fd, pad; };
static i64 send_fd(int s, int fd)
{
	u8 x = 1;
	struct iov v = { &x, 1 };
	struct cfd c = { 20, 1, 1, fd, 0 };
	struct msg m = { 0, 0, 0, &v, 1, &c, sizeof c, 0, 0 };
	return S3(SYS_sendmsg, s, &m, 0);
}
static i64 recv_fd(int s)
{
	u8 x;
	struct iov v = { &x, 1 };
	struct cfd c = { 0, 0, 0, -1, 0 };
	struct msg m = { 0, 0, 0, &v, 1, &c, sizeof c, 0, 0 };
	i64 e = S3(SYS_recvmsg, s, &m, 0);
	return e < 0 ? e : c.fd;
}
static void offer(const char *name, u64 len, int R)
{
	int f[2];
	i64 e = S4(SYS_socketpair, 1, 1, 0, f);
	if (e < 0) { fail(name, e); return; }
	e = S2(SYS_memfd_create, "t", 0);
	if (e < 0) { fail(name, e); closefds(f, 2); return; }
	S1(SYS_close, e);
	C->ack = 0;
	i64 pid = fork_();
	if (pid == 0) {
		for (int r = 0; r <= R; r++) {
			i64 fd = recv_fd(f[1]);
			if (fd < 0) exit_(1);
			u8 *p = map(len, MAP_SHARED_, fd);
			S1(SYS_close, fd);
			consume(p, len);
			unmap(p, len);
			ack_post(r + 1);
		}
		exit_(0);
	}
	if (pid < 0) { fail(name, pid); closefds(f, 2); return; }
	for (int r = 0; r <= R; r++) {
		u64 t = now();
		i64 fd = S2(SYS_memfd_create, "offer", 0);
		S2(SYS_ftruncate, fd, len);
		u8 *p = map(len, MAP_SHARED_, fd);
		produce(p, len, r);
		unmap(p, len);
		send_fd(f[0], fd);
		S1(SYS_close, fd);
		ack_wait(r + 1);
		if (r) smp[r - 1] = now() - t;
	}
	wait_(pid);
	report(name, smp, R, 1);
	closefds(f, 2);
}
static void g_offer(void)
{
	offer("offer_memfd_4k", 4 * KIB, 51);
	offer("offer_memfd_64k", 64 * KIB, 51);
	offer("offer_memfd_1m", MIB, 31);
}

#endif
