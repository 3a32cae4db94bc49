//! Calls about the system as a whole.

use super::arguments::{Claim, store, store_list};
use super::host::{self, Which};
use crate::board::board;
use crate::fs;
use crate::kernel_log;
use crate::mm::frames;
use crate::process;
use crate::sched;
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::system::{
    REBOOT_END, REBOOT_MAGIC1, REBOOT_MAGIC2, REBOOT_POWER_OFF, REBOOT_RESTART, SystemInfo,
    SystemName,
};
use arch::addr::VirtAddr;
use core::sync::atomic::Ordering;

/// The most that `getrandom` gives at once.
const RANDOM_BYTES_MAX: usize = 1 << 20;

/// The status in the command [`REBOOT_END`].
const STATUS: u32 = 0xFF;

pub fn reboot(magic1: u32, magic2: u32, command: u32) -> Result<u64, Errno> {
    if !sched::current_process().credentials().is_root() {
        return Err(Errno::EPERM);
    }
    if magic1 != REBOOT_MAGIC1 || magic2 != REBOOT_MAGIC2 {
        return Err(Errno::EINVAL);
    }
    match command {
        REBOOT_POWER_OFF => power_off(0),
        command if command & !STATUS == REBOOT_END => power_off((command & STATUS) as u8),
        REBOOT_RESTART => {
            fs::shut_down();
            kernel_log::end_orderly();
            fs::tty::panic_write(b"");
            board().restart()
        }
        _ => Err(Errno::EINVAL),
    }
}

fn power_off(status: u8) -> ! {
    fs::shut_down();
    kernel_log::end_orderly();
    fs::tty::panic_write(b"");
    board().power_off(status)
}

pub fn uname(to: VirtAddr) -> Result<u64, Errno> {
    let name = SystemName {
        system: field("Commons"),
        node: host::name(Which::Host),
        release: field(env!("CARGO_PKG_VERSION")),
        version: field("#1 SMP"),
        machine: field("aarch64"),
        domain: host::name(Which::Domain),
    };
    store(to, &name)?;
    Ok(0)
}

/// Asks for the personality, or sets it to the only one that there is, Linux's own, with the addresses of
/// programs left to chance or not. Tells what it was.
pub fn personality(persona: u32) -> Result<u64, Errno> {
    const QUERY: u32 = u32::MAX;
    let process = sched::current_process();
    let before = process.persona();
    if persona != QUERY {
        if persona & !process::ADDR_NO_RANDOMIZE != 0 {
            return Err(Errno::EINVAL);
        }
        process.set_persona(persona);
    }
    Ok(before.into())
}

/// A text, NUL-padded; cut if it is too long.
fn field<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let length = text.len().min(N - 1);
    bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
    bytes
}

pub fn getrandom(claim: Claim, flags: u32) -> Result<u64, Errno> {
    const NONBLOCK_OR_RANDOM: u32 = 3;
    if flags & !NONBLOCK_OR_RANDOM != 0 {
        return Err(Errno::EINVAL);
    }
    let mut buffer = UserBuffer::user(claim.address, claim.bytes.min(RANDOM_BYTES_MAX));
    let mut done = 0;
    while buffer.remaining() > 0 {
        let mut bytes = [0; 256];
        fs::random::fill(&mut bytes);
        done += buffer.put(&bytes)?;
        sched::rest()?;
    }
    Ok(done as u64)
}

pub fn process_list(records: VirtAddr, capacity: usize) -> Result<u64, Errno> {
    store_list(records, capacity, process::list())
}

pub fn memory_info(to: VirtAddr) -> Result<u64, Errno> {
    let mut info = frames::statistics();
    info.image = crate::boot::image_pages();
    store(to, &info)?;
    Ok(0)
}

pub fn system_info(to: VirtAddr) -> Result<u64, Errno> {
    let mut info: SystemInfo = zerocopy::FromZeros::new_zeroed();
    sched::statistics(&mut info);
    info.faults = crate::trap::FAULTS.load(Ordering::Relaxed);
    info.processes = process::count() as u32;
    info.board = field(board().name());
    store(to, &info)?;
    Ok(0)
}
