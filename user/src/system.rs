//! The system as a whole: what it holds, what it did, its end.

use crate::error::{Context, Result};
use crate::fs::File;
use crate::syscall::system as call;
pub use abi::memory::MemoryInfo;
pub use abi::system::SystemInfo;
use abi::system::{REBOOT_END, REBOOT_POWER_OFF, REBOOT_RESTART};

/// How the memory is used.
pub fn memory() -> Result<MemoryInfo> {
    call::memory_info().context("memory")
}

/// How the system does.
pub fn info() -> Result<SystemInfo> {
    call::system_info().context("system")
}

/// Brings what has changed of all files to where it outlasts a power cut.
pub fn sync() -> Result<()> {
    call::sync().context("sync")
}

/// A number that nobody can guess.
pub fn random() -> Result<u64> {
    let mut bytes = [0; 8];
    File::open("/dev/urandom")?.read(&mut bytes)?;
    Ok(u64::from_ne_bytes(bytes))
}

/// Switches the board off.
pub fn power_off() -> Result<()> {
    call::reboot(REBOOT_POWER_OFF).context("power off")
}

/// Switches the board off, and has an emulator that listens end with a status.
pub fn end(status: u8) -> Result<()> {
    call::reboot(REBOOT_END | u32::from(status)).context("power off")
}

/// Restarts the board.
pub fn restart() -> Result<()> {
    call::reboot(REBOOT_RESTART).context("restart")
}
