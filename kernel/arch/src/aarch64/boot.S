// From the firmware's hand-over to Rust in the upper half (HARDWARE: Arm ARM D8, Pi firmware stub).
//
// Until translation is on, all memory is Device memory and the caches are off. So the code here
// only reads: what the image holds (the boot tables are constants in it) and KERNEL_ROOT, which
// core 0 cleaned to the point of coherency. Nothing written with caches off can then be hidden
// by, or hide, a cache line. It is position independent until it jumps to the upper half.
//
// In all routines here x30 is the return address, and only the registers named are changed.

.section .text.boot, "ax"

// The image's first instruction, on core 0 at EL2 or EL1. In: x0 the device tree, or
// anything. It stays there as far as `start_high`.
.global _start
.type _start, %function
_start:
    msr     daifset, #15
    // Linked for this one load address: anywhere else, stop before doing harm.
    adr     x9, _start
    mov     x10, #{LOAD_ADDRESS}
    cmp     x9, x10
    b.ne    stop
    // Firmware that starts every core here has no words to wait on.
    mrs     x9, mpidr_el1
    tst     x9, #0xff
    b.ne    stop
    bl      enter_el1
    adrp    x1, BOOT_LEVEL1
    add     x1, x1, :lo12:BOOT_LEVEL1
    bl      translate
    ldr     x9, =start_high
    br      x9
.size _start, . - _start

// Cores 1 to 3 arrive here from the firmware's stub.
.global secondary_entry
.type secondary_entry, %function
secondary_entry:
    msr     daifset, #15
    bl      enter_el1
    adrp    x1, {KERNEL_ROOT}
    ldr     x1, [x1, :lo12:{KERNEL_ROOT}]
    bl      translate
    ldr     x9, =secondary_high
    br      x9
.size secondary_entry, . - secondary_entry

// fn enter_el1(): from EL2 to EL1, with EL2 out of the way for good. At EL1 it only makes
// SCTLR_EL1 known; at EL3, as when QEMU is given an ELF file, it stops.
// Clobbers x9, x10.
.type enter_el1, %function
enter_el1:
    // Unknown after reset: translation and caches must be off before EL1 is entered.
    ldr     x9, ={SCTLR_OFF}
    msr     sctlr_el1, x9
    isb
    mrs     x9, CurrentEL
    cmp     x9, #(1 << 2)
    b.eq    1f
    cmp     x9, #(2 << 2)
    b.ne    stop
    mov     x9, #{CNTHCTL_EL2}
    msr     cnthctl_el2, x9
    msr     cntvoff_el2, xzr
    mov     x9, #{CPTR_EL2}
    msr     cptr_el2, x9
    msr     hstr_el2, xzr
    // All counters for EL1, no debug traps.
    mrs     x9, pmcr_el0
    ubfx    x9, x9, #11, #5
    msr     mdcr_el2, x9
    // What EL1 reads as MIDR_EL1 and MPIDR_EL1.
    mrs     x9, midr_el1
    msr     vpidr_el2, x9
    mrs     x9, mpidr_el1
    msr     vmpidr_el2, x9
    // The VMID tags TLB entries even without stage 2: it must be the same on all cores, or one
    // core's invalidations would miss the others' entries.
    msr     vttbr_el2, xzr
    mov     x9, #{HCR_EL2}
    msr     hcr_el2, x9
    adr     x9, el2_vectors
    msr     vbar_el2, x9
    mov     x9, #{SPSR_TO_EL1}
    msr     spsr_el2, x9
    msr     elr_el2, x30
    eret
1:  ret
.size enter_el1, . - enter_el1

// fn translate(_, root: PhysAddr): turns translation and caches on, with the boot map in the lower
// half, where the code runs, and `root` for the upper half. Sets all that reset leaves unknown.
// In: x1. Clobbers x9, x10.
.type translate, %function
translate:
    mov     x9, #{CPACR}
    msr     cpacr_el1, x9
    mov     x9, #{CNTKCTL}
    msr     cntkctl_el1, x9
    msr     cntv_ctl_el0, xzr
    msr     cntp_ctl_el0, xzr
    msr     pmuserenr_el0, xzr
    msr     mdscr_el1, xzr
    msr     contextidr_el1, xzr
    msr     tpidr_el0, xzr
    msr     tpidrro_el0, xzr
    ldr     x9, ={MAIR}
    msr     mair_el1, x9
    ldr     x9, ={TCR}
    mrs     x10, id_aa64mmfr0_el1
    bfi     x9, x10, #32, #3
    msr     tcr_el1, x9
    adrp    x9, BOOT_LEVEL1
    add     x9, x9, :lo12:BOOT_LEVEL1
    msr     ttbr0_el1, x9
    msr     ttbr1_el1, x1
    isb
    // Instruction cache and TLB hold whatever reset left.
    ic      iallu
    tlbi    vmalle1
    dsb     nsh
    isb
    ldr     x9, ={SCTLR_BOOT}
    msr     sctlr_el1, x9
    isb
    ret
.size translate, . - translate

// Nothing can be said yet, to nobody.
.type stop, %function
stop:
    wfi
    b       stop
.size stop, . - stop

.ltorg

// EL2 is never entered again, unless something is very wrong: then the core rests.
.balign 2048
el2_vectors:
.rept 16
    .balign 128
    b       stop
.endr

.section .text.boot_high, "ax"

// Core 0 in the upper half, on the boot map. Zeroes .bss, now that the caches are on.
.type start_high, %function
start_high:
    ldr     x9, =__bss_start
    ldr     x10, =__bss_end
1:  stp     xzr, xzr, [x9], #16
    cmp     x9, x10
    b.lo    1b
    mov     x1, x0
    mov     x0, #0
    ldr     x9, =__stacks_start + {STACK_BYTES}
    mov     sp, x9
    ldr     x10, ={FIRST}
    b       enter_rust
.size start_high, . - start_high

// Cores 1 to 3 in the upper half, on the kernel's map and their own stacks.
.type secondary_high, %function
secondary_high:
    mrs     x0, mpidr_el1
    and     x0, x0, #0xff
    mov     x9, #{STACK_AREA}
    add     x10, x0, #{BOOT_SLOT} + 1
    add     x9, x9, x10, lsl #{SLOT_SHIFT}
    mov     sp, x9
    ldr     x10, ={SECONDARY}
    b       enter_rust
.size secondary_high, . - secondary_high

// In: x0 the core, x1 what else it is told, x10 where to go on.
.type enter_rust, %function
enter_rust:
    msr     tpidr_el1, x0
    ldr     x9, =exception_vectors
    msr     vbar_el1, x9
    isb
    // Asynchronous aborts are reported from here on, near their cause.
    msr     daifclr, #4
    mov     x29, xzr
    mov     x30, xzr
    br      x10
.size enter_rust, . - enter_rust

// fn switch_kernel_map(root: PhysAddr, stack: VirtAddr, empty: PhysAddr, entry: fn() -> !) -> !
//
// The two maps have the same addresses in blocks of different sizes, so the old one's entries
// must be out of the TLB before the new one is in (break-before-make). Meanwhile the upper half
// is an empty table, and the code runs in the boot map of the lower half, without a stack.
// Interrupts are masked. In: x0 to x3. Does not return.
.global switch_kernel_map
.type switch_kernel_map, %function
switch_kernel_map:
    msr     daifset, #4
    dsb     ish
    adr     x9, 1f
    mov     x10, #{LINEAR_BASE}
    sub     x9, x9, x10
    br      x9
1:  msr     ttbr1_el1, x2
    isb
    tlbi    vmalle1
    dsb     nsh
    isb
    msr     ttbr1_el1, x0
    isb
    mov     sp, x1
    msr     daifclr, #4
    br      x3
.size switch_kernel_map, . - switch_kernel_map

.ltorg

// The boot map: constants, so that nobody has to write it with caches off. Level 1 serves both
// halves: the linear map begins where bits 38 to 30 of an address are 0, like the lower half.
.section .rodata.boot_tables, "a"
.balign 4096
.type BOOT_LEVEL1, %object
BOOT_LEVEL1:
    .quad   BOOT_LEVEL2 - {LINEAR_BASE} + {TABLE}
    .fill   511, 8, 0
.size BOOT_LEVEL1, . - BOOT_LEVEL1
.type BOOT_LEVEL2, %object
BOOT_LEVEL2:
.set address, 0
.rept {BOOT_BLOCKS}
    .quad   address + {BLOCK}
    .set    address, address + {UNIT_SIZE}
.endr
    .fill   512 - {BOOT_BLOCKS}, 8, 0
.size BOOT_LEVEL2, . - BOOT_LEVEL2
