// Copies between the kernel and a program; the text goes on from user_memory.S.
//
// Each copy is there twice. A fault in the first kind is mended if it can be, as elsewhere. The
// second kind fails at once, so that it may be used with locks held, under which nothing is mended.
//
// A short copy has the program's rights (LDTR and STTR), eight bytes an instruction. A long one
// moves 32 with two SIMD registers, for which there is no form with the program's rights: the first
// byte in each page is accessed with them. What forbids that access forbids it for the whole page,
// and what the program can read but not write, the kernel cannot write either. The registers belong
// to the program, so they are kept on the stack meanwhile; a thread that is switched out in a fault
// keeps what is in them as it keeps everything else. They are saved and loaded outside the
// range whose faults are the program's.

.arch_extension fp
.arch_extension simd

// From this length on, saving the registers pays.
.equ LONG, 160

// Copies less than LONG bytes from x1 to x0, or branches to the long copy. Clobbers x1 to x6.
.macro COPY_FROM name
.global \name
.type \name, %function
\name:
    cmp     x2, #LONG
    b.hs    \name\()_long
    subs    x2, x2, #32
    b.lo    2f
1:  ldtr    x3, [x1]
    ldtr    x4, [x1, #8]
    ldtr    x5, [x1, #16]
    ldtr    x6, [x1, #24]
    add     x1, x1, #32
    stp     x3, x4, [x0], #16
    stp     x5, x6, [x0], #16
    subs    x2, x2, #32
    b.hs    1b
    // x2 is the rest less 32: its bits 4 to 0 are the rest.
2:  tbz     x2, #4, 3f
    ldtr    x3, [x1]
    ldtr    x4, [x1, #8]
    add     x1, x1, #16
    stp     x3, x4, [x0], #16
3:  tbz     x2, #3, 4f
    ldtr    x3, [x1]
    add     x1, x1, #8
    str     x3, [x0], #8
4:  tbz     x2, #2, 5f
    ldtr    w3, [x1]
    add     x1, x1, #4
    str     w3, [x0], #4
5:  tbz     x2, #1, 6f
    ldtrh   w3, [x1]
    add     x1, x1, #2
    strh    w3, [x0], #2
6:  tbz     x2, #0, 7f
    ldtrb   w3, [x1]
    strb    w3, [x0]
7:  mov     x0, #0
    ret
.size \name, . - \name
.endm

// The same from x1 to a program's x0.
.macro COPY_TO name
.global \name
.type \name, %function
\name:
    cmp     x2, #LONG
    b.hs    \name\()_long
    subs    x2, x2, #32
    b.lo    2f
1:  ldp     x3, x4, [x1], #16
    ldp     x5, x6, [x1], #16
    sttr    x3, [x0]
    sttr    x4, [x0, #8]
    sttr    x5, [x0, #16]
    sttr    x6, [x0, #24]
    add     x0, x0, #32
    subs    x2, x2, #32
    b.hs    1b
2:  tbz     x2, #4, 3f
    ldp     x3, x4, [x1], #16
    sttr    x3, [x0]
    sttr    x4, [x0, #8]
    add     x0, x0, #16
3:  tbz     x2, #3, 4f
    ldr     x3, [x1], #8
    sttr    x3, [x0]
    add     x0, x0, #8
4:  tbz     x2, #2, 5f
    ldr     w3, [x1], #4
    sttr    w3, [x0]
    add     x0, x0, #4
5:  tbz     x2, #1, 6f
    ldrh    w3, [x1], #2
    sttrh   w3, [x0]
    add     x0, x0, #2
6:  tbz     x2, #0, 7f
    ldrb    w3, [x1]
    sttrb   w3, [x0]
7:  mov     x0, #0
    ret
.size \name, . - \name
.endm

// Copies x2 bytes from x1 to x0, page by page of the program's side \user, whose rights \probe
// tries. Clobbers x0 to x4 and q0 to q7.
.macro LONG_COPY name, user, probe
\name\()_pages:
    // x3: what lies in this page.
    and     x3, \user, #0xFFF
    mov     x4, #0x1000
    sub     x3, x4, x3
    cmp     x3, x2
    csel    x3, x3, x2, lo
    sub     x2, x2, x3
    \probe
    subs    x3, x3, #128
    b.lo    2f
1:  ldp     q0, q1, [x1], #32
    ldp     q2, q3, [x1], #32
    ldp     q4, q5, [x1], #32
    ldp     q6, q7, [x1], #32
    stp     q0, q1, [x0], #32
    stp     q2, q3, [x0], #32
    stp     q4, q5, [x0], #32
    stp     q6, q7, [x0], #32
    subs    x3, x3, #128
    b.hs    1b
    // x3 is the rest less 128: its bits 6 to 0 are the rest.
2:  tbz     x3, #6, 3f
    ldp     q0, q1, [x1], #32
    ldp     q2, q3, [x1], #32
    stp     q0, q1, [x0], #32
    stp     q2, q3, [x0], #32
3:  tbz     x3, #5, 4f
    ldp     q0, q1, [x1], #32
    stp     q0, q1, [x0], #32
4:  tbz     x3, #4, 5f
    ldr     q0, [x1], #16
    str     q0, [x0], #16
5:  tbz     x3, #3, 6f
    ldr     d0, [x1], #8
    str     d0, [x0], #8
6:  tbz     x3, #2, 7f
    ldr     s0, [x1], #4
    str     s0, [x0], #4
7:  tbz     x3, #1, 8f
    ldr     h0, [x1], #2
    str     h0, [x0], #2
8:  tbz     x3, #0, 9f
    ldr     b0, [x1], #1
    str     b0, [x0], #1
9:  cbnz    x2, \name\()_pages
    b       long_copied
.endm

.macro PROBE_FROM
    ldtrb   w4, [x1]
.endm

// The byte that belongs there: what is read nowhere else need not be readable first.
.macro PROBE_TO
    ldrb    w4, [x1]
    sttrb   w4, [x0]
.endm

.macro BEGIN_LONG_COPY name
\name\()_long:
    stp     q0, q1, [sp, #-128]!
    stp     q2, q3, [sp, #32]
    stp     q4, q5, [sp, #64]
    stp     q6, q7, [sp, #96]
    b       \name\()_pages
.endm

.macro END_LONG_COPY result
    ldp     q2, q3, [sp, #32]
    ldp     q4, q5, [sp, #64]
    ldp     q6, q7, [sp, #96]
    ldp     q0, q1, [sp], #128
    mov     x0, #\result
    ret
.endm

// fn copy_from_user(to: *mut u8, from: usize, bytes: usize) -> usize
COPY_FROM copy_from_user
// fn copy_to_user(to: usize, from: *const u8, bytes: usize) -> usize
COPY_TO copy_to_user

.global user_try_start
user_try_start:
// The same, which fail where a page is not there yet.
COPY_FROM try_copy_from_user
COPY_TO try_copy_to_user

.global user_try_long_start
user_try_long_start:
LONG_COPY try_copy_from_user, x1, PROBE_FROM
LONG_COPY try_copy_to_user, x0, PROBE_TO

.global user_long_start
user_long_start:
LONG_COPY copy_from_user, x1, PROBE_FROM
LONG_COPY copy_to_user, x0, PROBE_TO

.global user_access_end
user_access_end:

BEGIN_LONG_COPY copy_from_user
BEGIN_LONG_COPY copy_to_user
BEGIN_LONG_COPY try_copy_from_user
BEGIN_LONG_COPY try_copy_to_user

long_copied:
    END_LONG_COPY 0

// Where a long copy goes on after a fault that can't be mended.
.global user_long_failed
.type user_long_failed, %function
user_long_failed:
    END_LONG_COPY 1
.size user_long_failed, . - user_long_failed

// The same for everything else.
.global user_access_failed
.type user_access_failed, %function
user_access_failed:
    mov     x0, #1
    ret
.size user_access_failed, . - user_access_failed
