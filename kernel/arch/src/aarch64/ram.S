// Whole frames and plain bytes of RAM, through the linear map.
//
// Long copies move 32 bytes an instruction with two SIMD registers. These belong to the program, so
// they are kept on the stack meanwhile. The kernel is built without them, so the assembler has to be
// told that they exist.

.arch_extension fp
.arch_extension simd

.macro KEEP_SIMD
    stp     q0, q1, [sp, #-128]!
    stp     q2, q3, [sp, #32]
    stp     q4, q5, [sp, #64]
    stp     q6, q7, [sp, #96]
.endm

.macro GIVE_SIMD_BACK
    ldp     q2, q3, [sp, #32]
    ldp     q4, q5, [sp, #64]
    ldp     q6, q7, [sp, #96]
    ldp     q0, q1, [sp], #128
.endm

// Moves 128 bytes from x1 to x0, and both behind them.
.macro MOVE_128
    ldp     q0, q1, [x1], #32
    ldp     q2, q3, [x1], #32
    ldp     q4, q5, [x1], #32
    ldp     q6, q7, [x1], #32
    stp     q0, q1, [x0], #32
    stp     q2, q3, [x0], #32
    stp     q4, q5, [x0], #32
    stp     q6, q7, [x0], #32
.endm

.section .text.ram, "ax"

// fn zero_page(at: *mut u8): page aligned.
// In: x0. Clobbers x0, x1. `dc zva` zeroes a line without reading it first; lines have 64 bytes on
// both processors, which boot checks.
.global zero_page
.type zero_page, %function
zero_page:
    mov     x1, #{PAGE_SIZE} / (16 * {ZERO_BYTES})
1:
    .rept   16
    dc      zva, x0
    add     x0, x0, #{ZERO_BYTES}
    .endr
    subs    x1, x1, #1
    b.ne    1b
    ret
.size zero_page, . - zero_page

// fn copy_page(to: *mut u8, from: *const u8): page aligned, different pages.
// In: x0, x1. Clobbers x0 to x2.
.global copy_page
.type copy_page, %function
copy_page:
    KEEP_SIMD
    mov     x2, #{PAGE_SIZE} / 256
1:  MOVE_128
    MOVE_128
    subs    x2, x2, #1
    b.ne    1b
    GIVE_SIMD_BACK
    ret
.size copy_page, . - copy_page

// fn copy_bytes(to: *mut u8, from: *const u8, bytes: usize): no overlap. A program may change
// either side meanwhile: the bytes copied are then any mixture, and nothing worse.
// In: x0 to x2. Clobbers x0 to x6.
.global copy_bytes
.type copy_bytes, %function
copy_bytes:
    cmp     x2, #256
    b.lo    8f
    KEEP_SIMD
9:  MOVE_128
    sub     x2, x2, #128
    cmp     x2, #128
    b.hs    9b
    GIVE_SIMD_BACK
8:  subs    x2, x2, #32
    b.lo    2f
1:  ldp     x3, x4, [x1], #16
    ldp     x5, x6, [x1], #16
    stp     x3, x4, [x0], #16
    stp     x5, x6, [x0], #16
    subs    x2, x2, #32
    b.hs    1b
    // x2 is the rest less 32: its bits 4 to 0 are the rest.
2:  tbz     x2, #4, 3f
    ldp     x3, x4, [x1], #16
    stp     x3, x4, [x0], #16
3:  tbz     x2, #3, 4f
    ldr     x3, [x1], #8
    str     x3, [x0], #8
4:  tbz     x2, #2, 5f
    ldr     w3, [x1], #4
    str     w3, [x0], #4
5:  tbz     x2, #1, 6f
    ldrh    w3, [x1], #2
    strh    w3, [x0], #2
6:  tbz     x2, #0, 7f
    ldrb    w3, [x1]
    strb    w3, [x0]
7:  ret
.size copy_bytes, . - copy_bytes
