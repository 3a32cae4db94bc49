// Exceptions: from programs, and the few that happen in the kernel (Arm ARM, D1.3).
//
// Interrupts stay masked until the exception returns. Floating-point and SIMD registers are not
// touched: the kernel has no instructions that use them, and a switch of threads saves them.
//
// A system call saves only what a function may change (AAPCS64, 6.1.1): the rest is as the program
// left it when the kernel's functions have returned. It is saved, too, for the few calls that look
// at all registers or replace them, and when a signal has to be acted on.
//
// A program's registers are saved at the top of its thread's kernel stack, which is what SP_EL1 is
// while the program runs. An exception within the kernel is saved where the stack pointer is, if
// that is in a stack: below one, in the guard, its bit STACK_SHIFT is clear.

// Saves x0 to x17 in the frame at sp.
.macro SAVE_TEMPORARIES
    stp     x0, x1, [sp, #{FRAME_X} + 16 * 0]
    stp     x2, x3, [sp, #{FRAME_X} + 16 * 1]
    stp     x4, x5, [sp, #{FRAME_X} + 16 * 2]
    stp     x6, x7, [sp, #{FRAME_X} + 16 * 3]
    stp     x8, x9, [sp, #{FRAME_X} + 16 * 4]
    stp     x10, x11, [sp, #{FRAME_X} + 16 * 5]
    stp     x12, x13, [sp, #{FRAME_X} + 16 * 6]
    stp     x14, x15, [sp, #{FRAME_X} + 16 * 7]
    stp     x16, x17, [sp, #{FRAME_X} + 16 * 8]
.endm

// Saves x18 to x29 there, of which functions preserve all but the first.
.macro SAVE_PRESERVED
    stp     x18, x19, [sp, #{FRAME_X} + 16 * 9]
    stp     x20, x21, [sp, #{FRAME_X} + 16 * 10]
    stp     x22, x23, [sp, #{FRAME_X} + 16 * 11]
    stp     x24, x25, [sp, #{FRAME_X} + 16 * 12]
    stp     x26, x27, [sp, #{FRAME_X} + 16 * 13]
    stp     x28, x29, [sp, #{FRAME_X} + 16 * 14]
.endm

// Saves x0 to x29 there.
.macro SAVE_REGISTERS
    SAVE_TEMPORARIES
    SAVE_PRESERVED
.endm

// Saves x30, sp_el0 and where the program goes on there. x9 to x11 are free, and x9 is sp_el0 then.
.macro SAVE_PLACE
    mrs     x9, sp_el0
    stp     x30, x9, [sp, #{FRAME_LR}]
    mrs     x10, elr_el1
    mrs     x11, spsr_el1
    stp     x10, x11, [sp, #{FRAME_ELR}]
.endm

// Loads x2 to x17 from the frame at \frame, which is x0 or sp.
.macro LOAD_TEMPORARIES frame
    ldp     x2, x3, [\frame, #{FRAME_X} + 16 * 1]
    ldp     x4, x5, [\frame, #{FRAME_X} + 16 * 2]
    ldp     x6, x7, [\frame, #{FRAME_X} + 16 * 3]
    ldp     x8, x9, [\frame, #{FRAME_X} + 16 * 4]
    ldp     x10, x11, [\frame, #{FRAME_X} + 16 * 5]
    ldp     x12, x13, [\frame, #{FRAME_X} + 16 * 6]
    ldp     x14, x15, [\frame, #{FRAME_X} + 16 * 7]
    ldp     x16, x17, [\frame, #{FRAME_X} + 16 * 8]
.endm

// Loads x2 to x29 from there.
.macro LOAD_REGISTERS frame
    LOAD_TEMPORARIES \frame
    ldp     x18, x19, [\frame, #{FRAME_X} + 16 * 9]
    ldp     x20, x21, [\frame, #{FRAME_X} + 16 * 10]
    ldp     x22, x23, [\frame, #{FRAME_X} + 16 * 11]
    ldp     x24, x25, [\frame, #{FRAME_X} + 16 * 12]
    ldp     x26, x27, [\frame, #{FRAME_X} + 16 * 13]
    ldp     x28, x29, [\frame, #{FRAME_X} + 16 * 14]
.endm

// Loads where the program goes on, x30 and sp_el0 from the frame at sp. Clobbers x9 to x11.
.macro LOAD_PLACE
    ldp     x9, x10, [sp, #{FRAME_ELR}]
    msr     elr_el1, x9
    msr     spsr_el1, x10
    ldp     x30, x11, [sp, #{FRAME_LR}]
    msr     sp_el0, x11
.endm

// Makes a frame of the kernel's registers, on the emergency stack if the stack is full.
// The pointer is tested without a free register: sp + x0 holds both, to be taken apart.
.macro SAVE_KERNEL
    sub     sp, sp, #{FRAME_SIZE}
    add     sp, sp, x0
    sub     x0, sp, x0
    tbz     x0, #{STACK_SHIFT}, stack_overflow
    sub     x0, sp, x0
    sub     sp, sp, x0
    SAVE_REGISTERS
    add     x0, sp, #{FRAME_SIZE}
    stp     x30, x0, [sp, #{FRAME_LR}]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x0, x1, [sp, #{FRAME_ELR}]
.endm

// An entry that is not expected, or ends the kernel anyway.
.macro FATAL_ENTRY
    .balign 128
    SAVE_KERNEL
    b       fatal
.endm

.section .text.vectors, "ax"
.balign 2048
.global exception_vectors
.type exception_vectors, %function
exception_vectors:
    // The kernel with SP_EL0, which it never uses.
    FATAL_ENTRY
    FATAL_ENTRY
    FATAL_ENTRY
    FATAL_ENTRY

    // The kernel: synchronous, IRQ, FIQ, SError.
    .balign 128
    SAVE_KERNEL
    b       kernel_synchronous
    .balign 128
    SAVE_KERNEL
    b       kernel_irq
    FATAL_ENTRY
    FATAL_ENTRY

    // A program, 64-bit: synchronous. System calls go on without a branch.
    .balign 128
    sub     sp, sp, #{FRAME_SIZE}
    SAVE_TEMPORARIES
    str     x18, [sp, #{FRAME_X} + 8 * 18]
    SAVE_PLACE
    mrs     x10, esr_el1
    lsr     x10, x10, #26
    cmp     x10, #{CLASS_SVC}
    b.ne    user_fault
    tst     x9, #{STACK_ALIGNMENT} - 1
    b.ne    misaligned_call
    mov     x0, sp
    bl      {SYSTEM_CALL}
    b       return_from_call

    // IRQ.
    .balign 128
    sub     sp, sp, #{FRAME_SIZE}
    SAVE_REGISTERS
    SAVE_PLACE
    mov     x0, sp
    bl      {USER_INTERRUPT}
    b       return_to_user

    FATAL_ENTRY
    FATAL_ENTRY

    // A program, 32-bit: there are none.
    FATAL_ENTRY
    FATAL_ENTRY
    FATAL_ENTRY
    FATAL_ENTRY
.balign 128
.size exception_vectors, . - exception_vectors

// In: x0 how far the call has come, the program's frame at sp, and in x19 to x29 what it has there.
.type return_from_call, %function
return_from_call:
    cbnz    x0, finish_call
    LOAD_PLACE
    LOAD_TEMPORARIES sp
    ldr     x18, [sp, #{FRAME_X} + 8 * 18]
    ldp     x0, x1, [sp, #{FRAME_X}]
    add     sp, sp, #{FRAME_SIZE}
    eret
misaligned_call:
    mov     x0, #{CALL_UNMADE}
    // All registers are needed, or something has to be done before the program goes on.
finish_call:
    str     x19, [sp, #{FRAME_X} + 8 * 19]
    stp     x20, x21, [sp, #{FRAME_X} + 16 * 10]
    stp     x22, x23, [sp, #{FRAME_X} + 16 * 11]
    stp     x24, x25, [sp, #{FRAME_X} + 16 * 12]
    stp     x26, x27, [sp, #{FRAME_X} + 16 * 13]
    stp     x28, x29, [sp, #{FRAME_X} + 16 * 14]
    mov     x1, x0
    mov     x0, sp
    bl      {FINISH_CALL}
    b       return_to_user
.size return_from_call, . - return_from_call

// In: the program's frame at sp, without x19 to x29, which are still there.
.type user_fault, %function
user_fault:
    SAVE_PRESERVED
    mov     x0, sp
    bl      {USER_FAULT}
    // To the program, as the frame at sp says; the kernel stack is empty then.
return_to_user:
    LOAD_PLACE
    LOAD_REGISTERS sp
    ldp     x0, x1, [sp, #{FRAME_X}]
    add     sp, sp, #{FRAME_SIZE}
    eret
.size user_fault, . - user_fault

// fn enter_user_mode(frame: *const TrapFrame) -> !
// In: x0. The frame may lie anywhere, in this stack too: nothing is written. Does not return.
.global enter_user_mode
.type enter_user_mode, %function
enter_user_mode:
    // The top of this stack, from any pointer into it.
    mov     x1, sp
    sub     x1, x1, #1
    orr     x1, x1, #{SLOT_BYTES} - 1
    add     sp, x1, #1
    ldp     x1, x2, [x0, #{FRAME_ELR}]
    msr     elr_el1, x1
    msr     spsr_el1, x2
    ldp     x30, x1, [x0, #{FRAME_LR}]
    msr     sp_el0, x1
    LOAD_REGISTERS x0
    ldp     x0, x1, [x0, #{FRAME_X}]
    eret
.size enter_user_mode, . - enter_user_mode

// In: the kernel's frame at sp.
.type kernel_synchronous, %function
kernel_synchronous:
    mov     x0, sp
    bl      {KERNEL_SYNCHRONOUS}
    b       return_to_kernel
.size kernel_synchronous, . - kernel_synchronous

// In: the kernel's frame at sp.
.type kernel_irq, %function
kernel_irq:
    bl      {KERNEL_INTERRUPT}
    // To the kernel, as the frame at sp says; its stack pointer follows from where the frame is.
return_to_kernel:
    ldp     x0, x1, [sp, #{FRAME_ELR}]
    msr     elr_el1, x0
    msr     spsr_el1, x1
    ldr     x30, [sp, #{FRAME_LR}]
    LOAD_REGISTERS sp
    ldp     x0, x1, [sp, #{FRAME_X}]
    add     sp, sp, #{FRAME_SIZE}
    eret
.size kernel_irq, . - kernel_irq

// In: a frame at sp. Does not return.
.type fatal, %function
fatal:
    mov     x0, sp
    bl      {FATAL}
.size fatal, . - fatal

// The stack is full. In: x0 the stack pointer less a frame, sp that plus the real x0.
// Programs' thread registers hold the two meanwhile: there is no way back to a program from here.
.type stack_overflow, %function
stack_overflow:
    msr     tpidrro_el0, x0
    sub     x0, sp, x0
    msr     tpidr_el0, x0
    mrs     x0, tpidr_el1
    and     x0, x0, #{CORE_MASK}
    add     x0, x0, #{EMERGENCY_SLOT} + 1
    lsl     x0, x0, #{SLOT_SHIFT}
    mov     sp, x0
    mov     x0, #{STACK_AREA}
    add     sp, sp, x0
    sub     sp, sp, #{FRAME_SIZE}
    mrs     x0, tpidr_el0
    SAVE_REGISTERS
    mrs     x0, tpidrro_el0
    add     x0, x0, #{FRAME_SIZE}
    stp     x30, x0, [sp, #{FRAME_LR}]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x0, x1, [sp, #{FRAME_ELR}]
    b       fatal
.size stack_overflow, . - stack_overflow
