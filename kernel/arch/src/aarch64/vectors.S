// Exceptions: from programs, and the few that happen in the kernel (Arm ARM, D1.3).
//
// Interrupts stay masked until the exception returns. Floating-point and SIMD registers are not
// touched: the kernel has no instructions that use them, and a switch of threads saves them.
//
// A program's registers are saved at the top of its thread's kernel stack, which is what SP_EL1 is
// while the program runs. An exception within the kernel is saved where the stack pointer is, if
// that is in a stack: below one, in the guard, its bit STACK_SHIFT is clear.

// Saves x0 to x29 in the frame at sp.
.macro SAVE_REGISTERS
    stp     x0, x1, [sp, #{FRAME_X} + 16 * 0]
    stp     x2, x3, [sp, #{FRAME_X} + 16 * 1]
    stp     x4, x5, [sp, #{FRAME_X} + 16 * 2]
    stp     x6, x7, [sp, #{FRAME_X} + 16 * 3]
    stp     x8, x9, [sp, #{FRAME_X} + 16 * 4]
    stp     x10, x11, [sp, #{FRAME_X} + 16 * 5]
    stp     x12, x13, [sp, #{FRAME_X} + 16 * 6]
    stp     x14, x15, [sp, #{FRAME_X} + 16 * 7]
    stp     x16, x17, [sp, #{FRAME_X} + 16 * 8]
    stp     x18, x19, [sp, #{FRAME_X} + 16 * 9]
    stp     x20, x21, [sp, #{FRAME_X} + 16 * 10]
    stp     x22, x23, [sp, #{FRAME_X} + 16 * 11]
    stp     x24, x25, [sp, #{FRAME_X} + 16 * 12]
    stp     x26, x27, [sp, #{FRAME_X} + 16 * 13]
    stp     x28, x29, [sp, #{FRAME_X} + 16 * 14]
.endm

// Loads x2 to x29 from the frame at \frame, which is x0 or sp.
.macro LOAD_REGISTERS frame
    ldp     x2, x3, [\frame, #{FRAME_X} + 16 * 1]
    ldp     x4, x5, [\frame, #{FRAME_X} + 16 * 2]
    ldp     x6, x7, [\frame, #{FRAME_X} + 16 * 3]
    ldp     x8, x9, [\frame, #{FRAME_X} + 16 * 4]
    ldp     x10, x11, [\frame, #{FRAME_X} + 16 * 5]
    ldp     x12, x13, [\frame, #{FRAME_X} + 16 * 6]
    ldp     x14, x15, [\frame, #{FRAME_X} + 16 * 7]
    ldp     x16, x17, [\frame, #{FRAME_X} + 16 * 8]
    ldp     x18, x19, [\frame, #{FRAME_X} + 16 * 9]
    ldp     x20, x21, [\frame, #{FRAME_X} + 16 * 10]
    ldp     x22, x23, [\frame, #{FRAME_X} + 16 * 11]
    ldp     x24, x25, [\frame, #{FRAME_X} + 16 * 12]
    ldp     x26, x27, [\frame, #{FRAME_X} + 16 * 13]
    ldp     x28, x29, [\frame, #{FRAME_X} + 16 * 14]
.endm

// Makes a frame of a program's registers at the top of its kernel stack. x0 to x2 are free then.
.macro SAVE_USER
    sub     sp, sp, #{FRAME_SIZE}
    SAVE_REGISTERS
    mrs     x0, sp_el0
    stp     x30, x0, [sp, #{FRAME_LR}]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x0, x1, [sp, #{FRAME_ELR}]
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
    SAVE_USER
    mrs     x0, esr_el1
    lsr     x0, x0, #26
    cmp     x0, #{CLASS_SVC}
    b.ne    user_fault
    mov     x0, sp
    bl      {SYSTEM_CALL}
    b       return_to_user

    // IRQ.
    .balign 128
    SAVE_USER
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

// In: the program's frame at sp.
.type user_fault, %function
user_fault:
    mov     x0, sp
    bl      {USER_FAULT}
    // To the program, as the frame at sp says; the kernel stack is empty then.
return_to_user:
    ldp     x0, x1, [sp, #{FRAME_ELR}]
    msr     elr_el1, x0
    msr     spsr_el1, x1
    ldp     x30, x0, [sp, #{FRAME_LR}]
    msr     sp_el0, x0
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
