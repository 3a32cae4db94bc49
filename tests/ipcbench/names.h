/*
 * Objects with names: made, mapped, looked up.
 */
#ifndef IPCBENCH_NAMES_H
#define IPCBENCH_NAMES_H

#include "measure.h"

/* ---- shm: named objects ---------------------------------------------- */
static void shm_cycle(const char *name, u64 len, int R)
{
	for (int r = 0; r < R; r++) {
		u64 t = now();
		i64 fd = sh_open(DIR_ "ipcb.cycle", O_RDWR_ | O_CREAT_);
		if (fd < 0) { fail(name, fd); return; }
		i64 e = S2(SYS_ftruncate, fd, len);
		u8 *p = map(len, MAP_SHARED_, fd);
		if (e < 0 || bad(p)) { fail(name, e < 0 ? e : (i64)p); return; }
		touch_w(p, len);
		unmap(p, len);
		S1(SYS_close, fd);
		sh_unlink(DIR_ "ipcb.cycle");
		smp[r] = now() - t;
	}
	report(name, smp, R, 1);
}
static void shm_map(const char *size, u64 len, int R)
{
	static const struct { const char *n; int touch, flags; } M[] = {
		{ "shm_map_unmap_", 0, 0 }, { "shm_map_write_unmap_", 1, 0 },
		{ "shm_map_read_unmap_", 2, 0 }, { "shm_map_populate_write_unmap_", 1, MAP_POPULATE_ } };
	char nm[64];
	i64 fd = sh_open(DIR_ "ipcb.map", O_RDWR_ | O_CREAT_);
	i64 e = fd < 0 ? fd : S2(SYS_ftruncate, fd, len);
	u8 *p = e < 0 ? (u8 *)e : map(len, MAP_SHARED_, fd);
	if (bad(p)) { fail(cat(nm, M[0].n, size), (i64)p); return; }
	touch_w(p, len);	/* the object's pages exist from here on */
	unmap(p, len);
	for (int m = 0; m < 4; m++) {
		for (int r = 0; r < R; r++) {
			u64 t = now();
			p = map(len, MAP_SHARED_ | M[m].flags, fd);
			if (bad(p)) { fail(cat(nm, M[m].n, size), (i64)p); goto out; }
			if (M[m].touch == 1) touch_w(p, len);
			if (M[m].touch == 2) touch_r(p, len);
			unmap(p, len);
			smp[r] = now() - t;
		}
		report(cat(nm, M[m].n, size), smp, R, 1);
	}
out:
	S1(SYS_close, fd);
	sh_unlink(DIR_ "ipcb.map");
}
static void g_shm(void)
{
	shm_cycle("shm_cycle_4k", 4 * KIB, 201);
	shm_cycle("shm_cycle_1m", MIB, 51);
	shm_map("1m", MIB, 51);
	shm_map("16m", 16 * MIB, 21);
}

/* ---- lookup: names ---------------------------------------------------- */
static char *nth(char *b, u32 n)
{
	char *p = b;
	for (const char *s = DIR_ "name."; *s; ) *p++ = *s++;
	for (u32 d = 10000; d; d /= 10) *p++ = '0' + n / d % 10;
	*p = 0;
	return b;
}
static void g_lookup(void)
{
	enum { R = 201, B = 16 };
	static const struct { u32 n; const char *s; } N[] = { { 10, "10" }, { 1000, "1000" }, { 10000, "10000" } };
	char nm[64], path[64];
	u32 have = 0, seed = 12345;
	for (u32 k = 0; k < 3; k++) {
		i64 e = 0;
		for (; have < N[k].n; have++) {
			e = sh_open(nth(path, have), O_RDWR_ | O_CREAT_);
			if (e < 0) break;
			S1(SYS_close, e);
		}
		if (e < 0) { fail(cat(nm, "shm_lookup_", N[k].s), e); break; }
		for (int r = 0; r < R; r++) {
			smp[r] = 0;
			for (int i = 0; i < B; i++) {
				seed = seed * 1664525 + 1013904223;
				nth(path, (seed >> 8) % N[k].n);
				u64 t = now();
				S1(SYS_close, sh_open(path, O_RDWR_));
				smp[r] += now() - t;
			}
		}
		report(cat(nm, "shm_lookup_", N[k].s), smp, R, B);
		for (int r = 0; r < R; r++) {
			u64 t = now();
			for (int i = 0; i < B; i++) {
				S1(SYS_close, sh_open(DIR_ "another.one", O_RDWR_ | O_CREAT_));
				sh_unlink(DIR_ "another.one");
			}
			smp[r] = now() - t;
		}
		report(cat(nm, "shm_create_unlink_", N[k].s), smp, R, B);
	}
	while (have--) sh_unlink(nth(path, have));
}

#endif
