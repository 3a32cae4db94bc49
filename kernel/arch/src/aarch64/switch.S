// Leaving one flow of the kernel and going on with another, and the registers that only programs
// use. The kernel is built without floating point, so the assembler has to be told that it exists.

.arch_extension fp
.arch_extension simd

// Saves what programs have besides the trap frame to the UserState at \state. Clobbers \scratch.
.macro SAVE_USER_STATE state, scratch
    stp     q0, q1, [\state, #{STATE_V} + 32 * 0]
    stp     q2, q3, [\state, #{STATE_V} + 32 * 1]
    stp     q4, q5, [\state, #{STATE_V} + 32 * 2]
    stp     q6, q7, [\state, #{STATE_V} + 32 * 3]
    stp     q8, q9, [\state, #{STATE_V} + 32 * 4]
    stp     q10, q11, [\state, #{STATE_V} + 32 * 5]
    stp     q12, q13, [\state, #{STATE_V} + 32 * 6]
    stp     q14, q15, [\state, #{STATE_V} + 32 * 7]
    stp     q16, q17, [\state, #{STATE_V} + 32 * 8]
    stp     q18, q19, [\state, #{STATE_V} + 32 * 9]
    stp     q20, q21, [\state, #{STATE_V} + 32 * 10]
    stp     q22, q23, [\state, #{STATE_V} + 32 * 11]
    stp     q24, q25, [\state, #{STATE_V} + 32 * 12]
    stp     q26, q27, [\state, #{STATE_V} + 32 * 13]
    stp     q28, q29, [\state, #{STATE_V} + 32 * 14]
    stp     q30, q31, [\state, #{STATE_V} + 32 * 15]
    mrs     \scratch, fpcr
    str     \scratch, [\state, #{STATE_FPCR}]
    mrs     \scratch, fpsr
    str     \scratch, [\state, #{STATE_FPSR}]
    mrs     \scratch, tpidr_el0
    str     \scratch, [\state, #{STATE_TLS}]
.endm

// Loads it from there. Clobbers \scratch.
.macro LOAD_USER_STATE state, scratch
    ldp     q0, q1, [\state, #{STATE_V} + 32 * 0]
    ldp     q2, q3, [\state, #{STATE_V} + 32 * 1]
    ldp     q4, q5, [\state, #{STATE_V} + 32 * 2]
    ldp     q6, q7, [\state, #{STATE_V} + 32 * 3]
    ldp     q8, q9, [\state, #{STATE_V} + 32 * 4]
    ldp     q10, q11, [\state, #{STATE_V} + 32 * 5]
    ldp     q12, q13, [\state, #{STATE_V} + 32 * 6]
    ldp     q14, q15, [\state, #{STATE_V} + 32 * 7]
    ldp     q16, q17, [\state, #{STATE_V} + 32 * 8]
    ldp     q18, q19, [\state, #{STATE_V} + 32 * 9]
    ldp     q20, q21, [\state, #{STATE_V} + 32 * 10]
    ldp     q22, q23, [\state, #{STATE_V} + 32 * 11]
    ldp     q24, q25, [\state, #{STATE_V} + 32 * 12]
    ldp     q26, q27, [\state, #{STATE_V} + 32 * 13]
    ldp     q28, q29, [\state, #{STATE_V} + 32 * 14]
    ldp     q30, q31, [\state, #{STATE_V} + 32 * 15]
    ldr     \scratch, [\state, #{STATE_FPCR}]
    msr     fpcr, \scratch
    ldr     \scratch, [\state, #{STATE_FPSR}]
    msr     fpsr, \scratch
    ldr     \scratch, [\state, #{STATE_TLS}]
    msr     tpidr_el0, \scratch
.endm

.section .text.switch, "ax"

// fn switch_context(from: *mut ThreadContext, to: *const ThreadContext)
// Returns when somebody switches back to `from`, on whichever core. In: x0, x1. Clobbers what a
// call does; x19 to x30 and sp are those of `to` at the end.
.global switch_context
.type switch_context, %function
switch_context:
    stp     x19, x20, [x0, #{CONTEXT_X19} + 16 * 0]
    stp     x21, x22, [x0, #{CONTEXT_X19} + 16 * 1]
    stp     x23, x24, [x0, #{CONTEXT_X19} + 16 * 2]
    stp     x25, x26, [x0, #{CONTEXT_X19} + 16 * 3]
    stp     x27, x28, [x0, #{CONTEXT_X19} + 16 * 4]
    stp     x29, x30, [x0, #{CONTEXT_X19} + 16 * 5]
    mov     x9, sp
    ldr     x10, [x0, #{CONTEXT_HAS_USER_STATE}]
    str     x9, [x0, #{CONTEXT_SP}]
    cbz     x10, 1f
    add     x10, x0, #{CONTEXT_USER}
    SAVE_USER_STATE x10, x9
    // A thread that goes on elsewhere takes its finished cache and TLB maintenance along.
1:  dsb     ish
    ldp     x19, x20, [x1, #{CONTEXT_X19} + 16 * 0]
    ldp     x21, x22, [x1, #{CONTEXT_X19} + 16 * 1]
    ldp     x23, x24, [x1, #{CONTEXT_X19} + 16 * 2]
    ldp     x25, x26, [x1, #{CONTEXT_X19} + 16 * 3]
    ldp     x27, x28, [x1, #{CONTEXT_X19} + 16 * 4]
    ldp     x29, x30, [x1, #{CONTEXT_X19} + 16 * 5]
    ldr     x9, [x1, #{CONTEXT_SP}]
    ldr     x10, [x1, #{CONTEXT_HAS_USER_STATE}]
    mov     sp, x9
    cbz     x10, 2f
    add     x10, x1, #{CONTEXT_USER}
    LOAD_USER_STATE x10, x9
2:  ret
.size switch_context, . - switch_context

// The first thing a new thread does: x19 is its entry, x20 the argument, x29 is 0.
.global begin_context
.type begin_context, %function
begin_context:
    mov     x0, x20
    mov     x30, xzr
    br      x19
.size begin_context, . - begin_context

// fn save_user_state(to: *mut UserState). In: x0. Clobbers x9.
.global save_user_state
.type save_user_state, %function
save_user_state:
    SAVE_USER_STATE x0, x9
    ret
.size save_user_state, . - save_user_state

// fn load_user_state(from: *const UserState). In: x0. Clobbers x9 and what it loads.
.global load_user_state
.type load_user_state, %function
load_user_state:
    LOAD_USER_STATE x0, x9
    ret
.size load_user_state, . - load_user_state

.arch_extension nosimd
.arch_extension nofp
