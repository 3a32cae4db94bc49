//! The end of the kernel: says what went wrong and where, and stops the machine.
//!
//! Other cores stop as soon as they take an interrupt; those that wait for a lock of the core that
//! panics wait on.

use crate::board;
use arch::addr::VirtAddr;
use arch::backtrace::Backtrace;
use arch::cpu;
use arch::image::Symbols;
use arch::layout::{LINEAR_BASE, LOAD_ADDRESS, is_stack_guard};
use arch::trap::TrapFrame;
use core::fmt::{self, Write};
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicUsize, Ordering};
use kcore::boot;
use kcore::kernel_log;
use kcore::screen::{self, TextWriter};
use spin::Once;

/// Calls that a backtrace shows.
const CALLS: usize = 32;
/// What an emulator ends with.
const FAILURE: u32 = 1;

static SYMBOLS: Once<&'static [u8]> = Once::new();
/// The core that panics, plus 1; 0 while none does.
static PANICKING: AtomicUsize = AtomicUsize::new(0);

/// The names that backtraces use.
pub fn set_symbols(table: &'static [u8]) {
    SYMBOLS.call_once(|| table);
}

/// Rests for ever if another core has panicked.
pub fn stop_if_panicked() {
    if PANICKING.load(Ordering::Relaxed) != 0 {
        board::stop_core();
    }
}

#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    let mut console = begin();
    let _ = writeln!(console, "\nkernel panic on core {}: {}", cpu::core_id(), info.message());
    if let Some(place) = info.location() {
        let _ = writeln!(console, "  at {place}");
    }
    let _ = print_live_registers(&mut console);
    let _ = print_backtrace(&mut console, Backtrace::here());
    end()
}

/// An exception in the kernel that nothing can mend.
pub fn exception(frame: &TrapFrame, esr: u64, far: u64) -> ! {
    let mut console = begin();
    let core = cpu::core_id();
    let _ = writeln!(console, "\nkernel panic on core {core}: exception in the kernel");
    if is_stack_guard(VirtAddr::new(far as usize)) {
        let _ = writeln!(console, "  the kernel stack is full");
    }
    let _ = writeln!(console, "  esr {esr:#x}  far {far:#x}  elr {:#x}", frame.elr);
    let _ = print_registers(&mut console, &frame.x, frame.sp);
    let _ = print_call(&mut console, VirtAddr::new(frame.elr as usize));
    let _ = print_backtrace(&mut console, Backtrace::from_frame_pointer(frame.x[29]));
    end()
}

/// The console, after the other cores were told to stop. Only the first panic is reported.
fn begin() -> impl Write {
    let me = cpu::core_id() + 1;
    match PANICKING.compare_exchange(0, me, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => board::alert_other_cores(),
        Err(core) if core == me => {
            let _ = writeln!(board::panic_console(), "\nkernel panic within the panic");
            end()
        }
        Err(_) => board::stop_core(),
    }
    LastWords {
        console: board::panic_console(),
        screen: screen::screen().map(TextWriter::for_panic),
    }
}

/// Where a panic is told: on the console first, since the screen may be what is broken; and where the
/// next run finds it.
struct LastWords<W> {
    console: W,
    screen: Option<TextWriter>,
}

impl<W: Write> Write for LastWords<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.console.write_str(text)?;
        kernel_log::add_last_words(text.as_bytes());
        self.screen.as_mut().map_or(Ok(()), |screen| screen.write_str(text))
    }
}

fn end() -> ! {
    let mut console = board::panic_console();
    let restart = boot::seconds("panic");
    let _ = match restart {
        Some(time) => writeln!(console, "the machine restarts in {} s", time.as_secs()),
        None => writeln!(console, "the machine has stopped; switch it off and on"),
    };
    board::end_emulator(FAILURE);
    board::show_panic(restart)
}

/// The registers as they are here: those of the panic's own path, with the stack they point to.
fn print_live_registers(console: &mut impl Write) -> fmt::Result {
    let mut x = [0_u64; 31];
    let sp: u64;
    // SAFETY: only the array is written, which `x` names; no register is changed but x9.
    unsafe {
        core::arch::asm!(
            "stp x0, x1, [x9]", "stp x2, x3, [x9, #16]", "stp x4, x5, [x9, #32]",
            "stp x6, x7, [x9, #48]", "stp x8, x9, [x9, #64]", "stp x10, x11, [x9, #80]",
            "stp x12, x13, [x9, #96]", "stp x14, x15, [x9, #112]", "stp x16, x17, [x9, #128]",
            "stp x18, x19, [x9, #144]", "stp x20, x21, [x9, #160]", "stp x22, x23, [x9, #176]",
            "stp x24, x25, [x9, #192]", "stp x26, x27, [x9, #208]", "stp x28, x29, [x9, #224]",
            "str x30, [x9, #240]", "mov x10, sp",
            in("x9") x.as_mut_ptr(), lateout("x10") sp, options(nostack),
        );
    }
    print_registers(console, &x, sp)
}

fn print_registers(console: &mut impl Write, x: &[u64; 31], sp: u64) -> fmt::Result {
    for (index, value) in x.iter().enumerate() {
        let end = if index % 4 == 3 { '\n' } else { ' ' };
        write!(console, "  x{index:<2} {value:#018x}{end}")?;
    }
    writeln!(console, "  sp  {sp:#018x}")
}

fn print_backtrace(console: &mut impl Write, calls: Backtrace) -> fmt::Result {
    writeln!(console, "  called from")?;
    for address in calls.take(CALLS) {
        print_call(console, address)?;
    }
    Ok(())
}

fn print_call(console: &mut impl Write, address: VirtAddr) -> fmt::Result {
    let base = LINEAR_BASE + LOAD_ADDRESS as usize;
    let distance = address.value().checked_sub(base).and_then(|bytes| u32::try_from(bytes).ok());
    let symbol = distance
        .zip(SYMBOLS.get())
        .and_then(|(distance, table)| Symbols::new(table).lookup(distance));
    match symbol {
        Some(symbol) => writeln!(console, "    {address} {} + {:#x}", symbol.name, symbol.offset),
        None => writeln!(console, "    {address}"),
    }
}
