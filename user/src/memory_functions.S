// What the compiler calls to copy, fill and compare. Leaf functions after AAPCS64: x0 is kept where
// it is the result. All of them load what they are about to overlap before they store it.

.section .text.memory_functions, "ax"

// void *memmove(void *to, const void *from, size_t bytes)
// Backwards where the target begins within the source. Clobbers x1 to x7 and v0 to v7, v16 to v23.
.global memmove
.type memmove, %function
memmove:
    sub     x3, x0, x1
    cmp     x3, x2
    b.hs    memcpy
    cmp     x2, #128
    b.ls    copy_short
    // The first 128 bytes are stored last, over what the turns have left.
    ldp     q16, q17, [x1]
    ldp     q18, q19, [x1, #32]
    ldp     q20, q21, [x1, #64]
    ldp     q22, q23, [x1, #96]
    add     x4, x1, x2
    add     x3, x0, x2
    sub     x2, x2, #128
1:  ldp     q0, q1, [x4, #-32]!
    ldp     q2, q3, [x4, #-32]!
    ldp     q4, q5, [x4, #-32]!
    ldp     q6, q7, [x4, #-32]!
    stp     q0, q1, [x3, #-32]!
    stp     q2, q3, [x3, #-32]!
    stp     q4, q5, [x3, #-32]!
    stp     q6, q7, [x3, #-32]!
    subs    x2, x2, #128
    b.hi    1b
    stp     q16, q17, [x0]
    stp     q18, q19, [x0, #32]
    stp     q20, q21, [x0, #64]
    stp     q22, q23, [x0, #96]
    ret
.size memmove, . - memmove

// void *memcpy(void *to, const void *from, size_t bytes)
// Also right where the target begins before the source and they overlap. Clobbers as above.
.global memcpy
.type memcpy, %function
memcpy:
    cmp     x2, #128
    b.ls    copy_short
    // The last 128 bytes are stored last, over what the turns have left.
    add     x4, x1, x2
    add     x5, x0, x2
    ldp     q16, q17, [x4, #-128]
    ldp     q18, q19, [x4, #-96]
    ldp     q20, q21, [x4, #-64]
    ldp     q22, q23, [x4, #-32]
    mov     x3, x0
    sub     x2, x2, #128
1:  ldp     q0, q1, [x1], #32
    ldp     q2, q3, [x1], #32
    ldp     q4, q5, [x1], #32
    ldp     q6, q7, [x1], #32
    stp     q0, q1, [x3], #32
    stp     q2, q3, [x3], #32
    stp     q4, q5, [x3], #32
    stp     q6, q7, [x3], #32
    subs    x2, x2, #128
    b.hi    1b
    stp     q16, q17, [x5, #-128]
    stp     q18, q19, [x5, #-96]
    stp     q20, q21, [x5, #-64]
    stp     q22, q23, [x5, #-32]
    ret

// Up to 128 bytes: all are loaded before any is stored.
copy_short:
    add     x4, x1, x2
    add     x5, x0, x2
    cmp     x2, #32
    b.hi    3f
    cmp     x2, #16
    b.lo    1f
    ldr     q0, [x1]
    ldr     q1, [x4, #-16]
    str     q0, [x0]
    str     q1, [x5, #-16]
    ret
1:  tbz     x2, #3, 2f
    ldr     x6, [x1]
    ldr     x7, [x4, #-8]
    str     x6, [x0]
    str     x7, [x5, #-8]
    ret
2:  tbz     x2, #2, 5f
    ldr     w6, [x1]
    ldr     w7, [x4, #-4]
    str     w6, [x0]
    str     w7, [x5, #-4]
    ret
3:  cmp     x2, #64
    b.hi    4f
    ldp     q0, q1, [x1]
    ldp     q2, q3, [x4, #-32]
    stp     q0, q1, [x0]
    stp     q2, q3, [x5, #-32]
    ret
4:  ldp     q0, q1, [x1]
    ldp     q2, q3, [x1, #32]
    ldp     q4, q5, [x4, #-64]
    ldp     q6, q7, [x4, #-32]
    stp     q0, q1, [x0]
    stp     q2, q3, [x0, #32]
    stp     q4, q5, [x5, #-64]
    stp     q6, q7, [x5, #-32]
    ret
    // Up to three: the first, the middle and the last.
5:  cbz     x2, 6f
    lsr     x3, x2, #1
    ldrb    w6, [x1]
    ldrb    w7, [x1, x3]
    ldrb    w4, [x4, #-1]
    strb    w6, [x0]
    strb    w7, [x0, x3]
    strb    w4, [x5, #-1]
6:  ret
.size memcpy, . - memcpy

// void *memset(void *to, int byte, size_t bytes)
// Clobbers x1 to x5 and v0.
.global memset
.type memset, %function
memset:
    dup     v0.16b, w1
    add     x5, x0, x2
    cmp     x2, #16
    b.lo    3f
    mov     x3, x0
    subs    x2, x2, #64
    b.lo    2f
1:  stp     q0, q0, [x3], #32
    stp     q0, q0, [x3], #32
    subs    x2, x2, #64
    b.hs    1b
    // x2 is the rest less 64: its bits 5 to 0 are the rest. The last part may overlap those before.
2:  tbz     x2, #5, 1f
    stp     q0, q0, [x3], #32
1:  tbz     x2, #4, 1f
    str     q0, [x3]
1:  str     q0, [x5, #-16]
    ret
3:  tbz     x2, #3, 4f
    str     d0, [x0]
    str     d0, [x5, #-8]
    ret
4:  tbz     x2, #2, 5f
    str     s0, [x0]
    str     s0, [x5, #-4]
    ret
5:  cbz     x2, 6f
    lsr     x3, x2, #1
    strb    w1, [x0]
    strb    w1, [x0, x3]
    strb    w1, [x5, #-1]
6:  ret
.size memset, . - memset

// int memcmp(const void *one, const void *other, size_t bytes)
// bcmp needs to tell less. Clobbers x1 to x6.
.global memcmp
.type memcmp, %function
.global bcmp
.type bcmp, %function
memcmp:
bcmp:
    subs    x2, x2, #16
    b.lo    2f
1:  ldp     x3, x5, [x0], #16
    ldp     x4, x6, [x1], #16
    cmp     x3, x4
    b.ne    7f
    mov     x3, x5
    mov     x4, x6
    cmp     x3, x4
    b.ne    7f
    subs    x2, x2, #16
    b.hs    1b
2:  tbz     x2, #3, 3f
    ldr     x3, [x0], #8
    ldr     x4, [x1], #8
    cmp     x3, x4
    b.ne    7f
3:  tbz     x2, #2, 4f
    ldr     w3, [x0], #4
    ldr     w4, [x1], #4
    cmp     x3, x4
    b.ne    7f
4:  tbz     x2, #1, 5f
    ldrh    w3, [x0], #2
    ldrh    w4, [x1], #2
    cmp     x3, x4
    b.ne    7f
5:  tbz     x2, #0, 6f
    ldrb    w3, [x0]
    ldrb    w4, [x1]
    cmp     x3, x4
    b.ne    7f
6:  mov     w0, #0
    ret
    // The first byte that differs decides: it is the highest after the turn.
7:  rev     x3, x3
    rev     x4, x4
    cmp     x3, x4
    mov     w0, #1
    cneg    w0, w0, lo
    ret
.size memcmp, . - memcmp
.size bcmp, . - bcmp
