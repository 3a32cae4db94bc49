// Words and strings of a program, accessed with the program's rights (LDTR and STTR).
//
// A fault at an instruction between user_access_start and user_access_end, which is at the end of
// user_copy.S, is the program's fault: if it can't be mended, execution goes on at
// user_access_failed. So the routines here use no stack and keep x30, and any of them can end there.
// All return 0 in x0 for success, 1 for a bad address. Alignment does not matter: memory that
// programs have is Normal memory.

.section .text.user_memory, "ax"
.global user_access_start
user_access_start:

// fn zero_user(at: usize, bytes: usize) -> usize
// In: x0, x1. Clobbers x1.
.global zero_user
.type zero_user, %function
zero_user:
    subs    x1, x1, #32
    b.lo    2f
1:  sttr    xzr, [x0]
    sttr    xzr, [x0, #8]
    sttr    xzr, [x0, #16]
    sttr    xzr, [x0, #24]
    add     x0, x0, #32
    subs    x1, x1, #32
    b.hs    1b
2:  adds    x1, x1, #32
    b.eq    4f
3:  sttrb   wzr, [x0]
    add     x0, x0, #1
    subs    x1, x1, #1
    b.ne    3b
4:  mov     x0, #0
    ret
.size zero_user, . - zero_user

// fn load_user_u32(at: usize, to: *mut u32) -> usize
// In: x0, x1. Clobbers x3. One access, if the address is aligned.
.global load_user_u32
.type load_user_u32, %function
load_user_u32:
    ldtr    w3, [x0]
    str     w3, [x1]
    mov     x0, #0
    ret
.size load_user_u32, . - load_user_u32

// fn store_user_u32(at: usize, value: u32) -> usize
// In: x0, w1. One access, if the address is aligned.
.global store_user_u32
.type store_user_u32, %function
store_user_u32:
    sttr    w1, [x0]
    mov     x0, #0
    ret
.size store_user_u32, . - store_user_u32

// fn compare_exchange_user_u32(at: usize, expected: u32, new: u32, found: *mut u32) -> usize
// Stores `new` if the word is `expected`; *found is what was there. The address is aligned.
// Exclusive accesses have no form with the program's rights, so a load with them comes first; what
// the program can read but not write, the kernel cannot write either.
// In: x0 to x3. Clobbers x4, x5.
.global compare_exchange_user_u32
.type compare_exchange_user_u32, %function
compare_exchange_user_u32:
    ldtr    w4, [x0]
1:  ldaxr   w4, [x0]
    cmp     w4, w1
    b.ne    2f
    stlxr   w5, w2, [x0]
    cbnz    w5, 1b
    dmb     ish
    b       3f
2:  clrex
3:  str     w4, [x3]
    mov     x0, #0
    ret
.size compare_exchange_user_u32, . - compare_exchange_user_u32

// fn copy_string(to: *mut u8, from: usize, bytes: usize, length: *mut usize) -> usize
// Copies up to and without a NUL, at most `bytes`; without a NUL, the length stored is `bytes`.
// Eight bytes at a time, as long as they lie in one page: there they can be read if the first can.
// What the last eight hold behind the NUL is copied as well.
// In: x0 to x3. Clobbers x1, x4 to x7.
.global copy_string
.type copy_string, %function
copy_string:
    mov     x4, #0
    mov     x6, #0x0101010101010101
1:  sub     x7, x2, x4
    cmp     x7, #8
    and     x5, x1, #0xfff
    mov     w7, #0xff8
    ccmp    x5, x7, #2, hs
    b.hi    3f
    ldtr    x5, [x1]
    str     x5, [x0, x4]
    // The lowest of the high bits marks the first byte that is zero.
    sub     x7, x5, x6
    bic     x7, x7, x5
    ands    x7, x7, #0x8080808080808080
    b.ne    2f
    add     x1, x1, #8
    add     x4, x4, #8
    b       1b
2:  rbit    x7, x7
    clz     x7, x7
    add     x4, x4, x7, lsr #3
    b       4f
3:  cmp     x4, x2
    b.eq    4f
    ldtrb   w5, [x1]
    cbz     w5, 4f
    strb    w5, [x0, x4]
    add     x1, x1, #1
    add     x4, x4, #1
    b       1b
4:  str     x4, [x3]
    mov     x0, #0
    ret
.size copy_string, . - copy_string
