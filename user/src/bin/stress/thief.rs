//! A thread that takes pages away while calls use them.

use abi::Sysno;
use abi::limits::PAGE_SIZE;
use abi::process::CloneFlags;
use core::arch::asm;
use user::fuzz::Random;
use user::syscall::raw;

const PAGE: u64 = PAGE_SIZE as u64;
const READ_WRITE: u64 = 3;
const PRIVATE_FIXED: u64 = 0x32;

/// What the thread works on.
#[repr(C)]
pub struct Loot {
    /// The first page.
    pub begin: u64,
    /// How many.
    pub pages: u64,
    /// Where its random numbers come from.
    pub seed: u64,
}

/// Starts the thread, on a stack that ends at an address.
///
/// # Safety
/// - The stack is nobody else's, and `loot` lives as long as the process.
/// - No reference leads to the pages.
pub unsafe fn start(loot: *const Loot, stack_end: u64) -> bool {
    let flags = CloneFlags::VM
        | CloneFlags::FS
        | CloneFlags::FILES
        | CloneFlags::SIGHAND
        | CloneFlags::THREAD
        | CloneFlags::SYSVSEM;
    let result: u64;
    // SAFETY: the new thread has a stack of its own, enters a function that never returns, and the caller goes on
    // behind it with all registers kept.
    unsafe {
        asm!(
            "svc #0",
            "cbnz x0, 2f",
            "mov x29, xzr",
            "mov x30, xzr",
            "mov x0, {loot}",
            "blr {run}",
            "brk #1",
            "2:",
            in("x8") Sysno::Clone as u64,
            inlateout("x0") flags.bits() => result,
            in("x1") stack_end,
            in("x2") 0_u64,
            in("x3") 0_u64,
            in("x4") 0_u64,
            loot = in(reg) loot,
            run = in(reg) run as extern "C" fn(*const Loot) -> !,
        );
    }
    abi::decode(result).is_ok()
}

fn call(call: Sysno, arguments: [u64; 6]) {
    // SAFETY: the calls below change nothing but the pages that are for this.
    let _ = unsafe { raw(call as u64, arguments) };
}

extern "C" fn run(loot: *const Loot) -> ! {
    // SAFETY: who starts the thread keeps it alive, and nobody changes it.
    let Loot { begin, pages, seed } = unsafe { loot.read() };
    let mut random = Random::new(seed);
    // The thread that makes the calls is to be interrupted, and not this one.
    let all = u64::MAX;
    call(Sysno::RtSigprocmask, [0, (&raw const all) as u64, 0, 8, 0, 0]);
    let pause = [0_u64, 80_000];
    loop {
        let page = begin + random.below(pages) * PAGE;
        let length = (1 + random.below(3)) * PAGE;
        let length = length.min(begin + pages * PAGE - page);
        match random.below(8) {
            0 | 1 => call(Sysno::Munmap, [page, length, 0, 0, 0, 0]),
            2 => call(Sysno::Mprotect, [page, length, random.below(4), 0, 0, 0]),
            3 => call(Sysno::Madvise, [page, length, 4, 0, 0, 0]),
            _ => call(Sysno::Mmap, [page, length, READ_WRITE, PRIVATE_FIXED, u64::MAX, 0]),
        }
        if random.once_in(3) {
            call(Sysno::Nanosleep, [(&raw const pause) as u64, 0, 0, 0, 0, 0]);
        }
    }
}
