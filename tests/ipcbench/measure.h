/*
 * Samples and how they are told: one line per figure, "name.med value unit" and "name.min value
 * unit"; and the page that the processes of a measurement share.
 */
#ifndef IPCBENCH_MEASURE_H
#define IPCBENCH_MEASURE_H

#include "calls.h"

/* ---- output ---------------------------------------------------------- */
static char ob[256];
static u32 on;
static void oc(char c) { if (on < sizeof ob) ob[on++] = c; }
static void os(const char *s) { while (*s) oc(*s++); }
static void od(u64 v) { char t[24]; int i = 0; do t[i++] = '0' + v % 10; while (v /= 10); while (i) oc(t[--i]); }
static void oflush(void)
{
	u32 i = 0;
	while (i < on) {
		i64 r = S3(SYS_write, 1, ob + i, on - i);
		if (r <= 0) break;
		i += r;
	}
	on = 0;
}

static u64 freq;
/* ticks spread over n operations, in tenths of a ns */
static u64 tenths(u64 ticks, u64 n)
{
	return (ticks / freq * 10000000000UL + ticks % freq * 10000000000UL / freq) / n;
}
static void line(const char *name, const char *suffix, u64 v10, const char *unit)
{
	os(name); os(suffix); oc(' '); od(v10 / 10); oc('.'); oc('0' + v10 % 10); oc(' '); os(unit); oc('\n'); oflush();
}
static void fail(const char *name, i64 err)
{
	os(name); os(".med "); if (err < 0) { oc('-'); err = -err; } od(err); os(" errno\n"); oflush();
}

/* ---- samples --------------------------------------------------------- */
#define MAXS 512
static u64 smp[MAXS], smp2[MAXS];
static u64 median(u64 *s, u32 n)
{
	for (u32 i = 1; i < n; i++) {	/* n is small */
		u64 v = s[i];
		u32 j = i;
		for (; j && s[j - 1] > v; j--) s[j] = s[j - 1];
		s[j] = v;
	}
	return s[n / 2];
}
static u64 report(const char *name, u64 *s, u32 n, u64 per)
{
	u64 m = median(s, n);
	line(name, ".med", tenths(m, per), "ns");
	line(name, ".min", tenths(s[0], per), "ns");
	return m;
}
static const char *cat(char *buf, const char *a, const char *b)
{
	char *p = buf;
	while (*a) *p++ = *a++;
	while (*b) *p++ = *b++;
	*p = 0;
	return buf;
}

/* ---- shared control page --------------------------------------------- */
struct ctl {
	u32 a, pad0[15], b, pad1[15];			/* ping-pong words */
	u32 head, pad2[15], cwait, pad6[15], tail, pad3[15], pwait, pad7[15];	/* ring */
	u32 ack, pad4[15];
	u32 seq, pad5[15], acks[8][16];			/* publish/subscribe */
	u64 ticks;
};
static struct ctl *C;
static char *self;
static volatile u64 sink;
#define DIR_ "/dev/shm/"

static void touch_w(u8 *p, u64 len) { for (u64 i = 0; i < len; i += PAGE) *(volatile u64 *)(p + i) = i; }
static void touch_r(u8 *p, u64 len) { for (u64 i = 0; i < len; i += PAGE) (void)*(volatile u64 *)(p + i); }
/* what a producer and a consumer do with a message: one word per cache line */
static void produce(u8 *p, u64 len, u64 v) { for (u64 i = 0; i < len; i += 64) *(volatile u64 *)(p + i) = v + i; }
static void consume(u8 *p, u64 len)
{
	u64 s = 0;
	for (u64 i = 0; i < len; i += 64) s += *(volatile u64 *)(p + i);
	sink = s;
}

/* ---- what both ends of a stream or of a hand-over do ------------------ */
static i64 wr(int fd, const u8 *p, u64 n)
{
	while (n) {
		i64 r = S3(SYS_write, fd, p, n);
		if (r <= 0) return r ? r : -5;
		p += r;
		n -= r;
	}
	return 0;
}
static i64 rd(int fd, u8 *p, u64 n)
{
	while (n) {
		i64 r = S3(SYS_read, fd, p, n);
		if (r <= 0) return r ? r : -5;
		p += r;
		n -= r;
	}
	return 0;
}
static void closefds(int *f, int n) { while (n--) S1(SYS_close, f[n]); }
static void ack_wait(u32 n) { for (u32 v; (v = LD(&C->ack)) != n; ) fwait(&C->ack, v); }
static void ack_post(u32 n) { ST(&C->ack, n); fwake(&C->ack, 1); }

#endif
