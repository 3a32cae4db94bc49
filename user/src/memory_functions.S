// memcpy, memmove, memset for programs, 64 bytes a turn through the vector registers.
//
// Up to 64 bytes everything is loaded before anything is stored, so that it may overlap; beyond,
// the end that the loop reaches last is loaded before it. Ends are reached from both sides, which
// may overlap, so no length is special. All keep to AAPCS64 and use no stack.

.text

// void *memmove(void *to, const void *from, size_t bytes)
.balign 64
.global memmove
.type memmove, %function
memmove:
    sub     x3, x0, x1
    cmp     x3, x2
    b.hs    memcpy
    cmp     x2, #64
    b.ls    memcpy
    // `to` lies within what is read: from the end down.
    add     x4, x1, x2
    add     x5, x0, x2
    ldp     q4, q5, [x1]
    ldp     q6, q7, [x1, #32]
    sub     x6, x2, #64
1:  ldp     q0, q1, [x4, #-32]!
    ldp     q2, q3, [x4, #-32]!
    stp     q0, q1, [x5, #-32]!
    stp     q2, q3, [x5, #-32]!
    subs    x6, x6, #64
    b.hi    1b
    stp     q4, q5, [x0]
    stp     q6, q7, [x0, #32]
    ret
.size memmove, . - memmove

// void *memcpy(void *to, const void *from, size_t bytes); also right if `to` lies before `from`.
.balign 64
.global memcpy
.type memcpy, %function
memcpy:
    add     x4, x1, x2
    add     x5, x0, x2
    cmp     x2, #16
    b.lo    3f
    cmp     x2, #64
    b.hi    2f
    ldr     q0, [x1]
    ldr     q1, [x4, #-16]
    cmp     x2, #32
    b.ls    1f
    ldr     q2, [x1, #16]
    ldr     q3, [x4, #-32]
    str     q2, [x0, #16]
    str     q3, [x5, #-32]
1:  str     q0, [x0]
    str     q1, [x5, #-16]
    ret
2:  mov     x3, x0
    ldp     q4, q5, [x4, #-64]
    ldp     q6, q7, [x4, #-32]
    sub     x6, x2, #64
1:  ldp     q0, q1, [x1], #32
    ldp     q2, q3, [x1], #32
    stp     q0, q1, [x3], #32
    stp     q2, q3, [x3], #32
    subs    x6, x6, #64
    b.hi    1b
    stp     q4, q5, [x5, #-64]
    stp     q6, q7, [x5, #-32]
    ret
3:  tbz     x2, #3, 4f
    ldr     x6, [x1]
    ldr     x7, [x4, #-8]
    str     x6, [x0]
    str     x7, [x5, #-8]
    ret
4:  tbz     x2, #2, 5f
    ldr     w6, [x1]
    ldr     w7, [x4, #-4]
    str     w6, [x0]
    str     w7, [x5, #-4]
    ret
    // One to three bytes: the first, the middle one, the last.
5:  cbz     x2, 6f
    lsr     x3, x2, #1
    ldrb    w6, [x1]
    ldrb    w7, [x1, x3]
    ldrb    w8, [x4, #-1]
    strb    w6, [x0]
    strb    w7, [x0, x3]
    strb    w8, [x5, #-1]
6:  ret
.size memcpy, . - memcpy

// void *memset(void *to, int byte, size_t bytes)
.balign 64
.global memset
.type memset, %function
memset:
    dup     v0.16b, w1
    add     x5, x0, x2
    cmp     x2, #16
    b.lo    2f
    str     q0, [x0]
    str     q0, [x5, #-16]
    cmp     x2, #32
    b.ls    4f
    str     q0, [x0, #16]
    str     q0, [x5, #-32]
    cmp     x2, #64
    b.ls    4f
    mov     x3, x0
    sub     x6, x2, #64
1:  stp     q0, q0, [x3], #32
    stp     q0, q0, [x3], #32
    subs    x6, x6, #64
    b.hi    1b
    stp     q0, q0, [x5, #-64]
    stp     q0, q0, [x5, #-32]
    ret
2:  fmov    x6, d0
    tbz     x2, #3, 3f
    str     x6, [x0]
    str     x6, [x5, #-8]
    ret
3:  tbz     x2, #2, 5f
    str     w6, [x0]
    str     w6, [x5, #-4]
4:  ret
5:  cbz     x2, 4b
    lsr     x3, x2, #1
    strb    w6, [x0]
    strb    w6, [x0, x3]
    strb    w6, [x5, #-1]
    ret
.size memset, . - memset
