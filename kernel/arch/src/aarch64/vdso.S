// Code that programs run in user mode, in a page of the kernel's: kernel/core's `program::vdso` puts
// it into an ELF image, VDSO_CODE_AT bytes from its start, with the page of data before the image.
//
// It is position independent, keeps to AAPCS64, and uses no stack. CLOCKS_BY_COUNTER are those that
// count like the counter does; the first of them has an offset.

.set SYS_RT_SIGRETURN, 139
.set SYS_GETTIMEOFDAY, 169
.set SYS_CLOCK_GETTIME, 113
.set SYS_CLOCK_GETRES, 114
.set CLOCKS_BY_COUNTER, 1 << 0 | 1 << 1 | 1 << 4 | 1 << 7
.set CLOCK_LAST, 7
.set NANOSECONDS, 1000000000

.section .rodata.vdso, "a"
.balign 16
.global vdso_code_start
vdso_code_start:

// A handler returns here. Unwinders know it by these two instructions.
    nop
.global vdso_rt_sigreturn
vdso_rt_sigreturn:
    mov     x8, #SYS_RT_SIGRETURN
    svc     #0

// Nanoseconds since boot to x10, the offset of the clock on the wall to x11; to \other if the data do
// not say how. Clobbers x9 to x14.
.macro READ_CLOCK other
    adr     x9, vdso_code_start - {CODE_AT} - {PAGE_SIZE}
    ldp     x10, x11, [x9, #{DATA_BOOT}]
    ldp     x12, x13, [x9, #{DATA_SHIFT}]
    cbz     x11, \other
    isb
    mrs     x14, cntvct_el0
    sub     x10, x14, x10
    // (ticks * multiplier) >> shift, in 128 bits; the shift is from 1 to 63.
    umulh   x14, x10, x11
    mul     x10, x10, x11
    lsr     x10, x10, x12
    neg     x12, x12
    lsl     x14, x14, x12
    orr     x10, x10, x14
    mov     x11, x13
.endm

// x10 in seconds to x12 and a rest to x10. Clobbers x13.
.macro SPLIT_SECONDS
    mov     x13, #(NANOSECONDS & 0xffff)
    movk    x13, #(NANOSECONDS >> 16), lsl #16
    udiv    x12, x10, x13
    msub    x10, x12, x13, x10
.endm

// int clock_gettime(clockid_t, struct timespec *)
.balign 16
.global vdso_clock_gettime
vdso_clock_gettime:
    cmp     w0, #CLOCK_LAST
    b.hi    1f
    mov     w9, #1
    lsl     w9, w9, w0
    mov     w10, #CLOCKS_BY_COUNTER
    tst     w9, w10
    b.eq    1f
    READ_CLOCK 1f
    cmp     w0, #0
    csel    x11, x11, xzr, eq
    add     x10, x10, x11
    SPLIT_SECONDS
    stp     x12, x10, [x1]
    mov     w0, #0
    ret
1:  mov     x8, #SYS_CLOCK_GETTIME
    svc     #0
    ret

// int gettimeofday(struct timeval *, struct timezone *)
.balign 16
.global vdso_gettimeofday
vdso_gettimeofday:
    READ_CLOCK 3f
    cbz     x0, 1f
    add     x10, x10, x11
    SPLIT_SECONDS
    mov     x13, #1000
    udiv    x10, x10, x13
    stp     x12, x10, [x0]
1:  cbz     x1, 2f
    str     xzr, [x1]
2:  mov     w0, #0
    ret
3:  mov     x8, #SYS_GETTIMEOFDAY
    svc     #0
    ret

// int clock_getres(clockid_t, struct timespec *)
.balign 16
.global vdso_clock_getres
vdso_clock_getres:
    mov     x8, #SYS_CLOCK_GETRES
    svc     #0
    ret

.global vdso_code_end
vdso_code_end:
