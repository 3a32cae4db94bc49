//! The system as a whole: `uname`, `reboot`, and the record of `system_info`.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `reboot`: the first magic number.
pub const REBOOT_MAGIC1: u32 = 0xFEE1_DEAD;
/// `reboot`: the second magic number.
pub const REBOOT_MAGIC2: u32 = 672_274_793;
/// `reboot`: restart the board.
pub const REBOOT_RESTART: u32 = 0x0123_4567;
/// `reboot`: switch the board off.
pub const REBOOT_POWER_OFF: u32 = 0x4321_FEDC;
/// `reboot`: switch the board off; an emulator that listens ends with the status in the low byte.
/// Commons' own.
pub const REBOOT_END: u32 = 0x434F_4D00;

/// What `uname` fills in.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct SystemName {
    /// The system's name.
    pub system: [u8; 65],
    /// The machine's name in a network.
    pub node: [u8; 65],
    /// The release.
    pub release: [u8; 65],
    /// The version.
    pub version: [u8; 65],
    /// The kind of machine.
    pub machine: [u8; 65],
    /// The domain.
    pub domain: [u8; 65],
}

/// What `system_info` fills in.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct SystemInfo {
    /// Nanoseconds since boot.
    pub uptime: u64,
    /// Nanoseconds that each core was idle.
    pub idle: [u64; 4],
    /// Thread switches since boot.
    pub switches: u64,
    /// System calls since boot.
    pub calls: u64,
    /// Page faults since boot.
    pub faults: u64,
    /// Cores that run.
    pub cores: u32,
    /// Processes.
    pub processes: u32,
    /// Threads that run or wait for a core.
    pub runnable: u32,
    /// Zero.
    pub reserved: u32,
    /// The board's name, NUL-padded.
    pub board: [u8; 48],
}
