//! The code that every program has in its address space and runs in user mode, and its data.

/// Where in the image of that code it begins.
pub const CODE_AT: usize = 0x400;

/// A function of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Function {
    /// Its name, as Linux/AArch64's C libraries know it.
    pub name: &'static str,
    /// Its offset in the code.
    pub offset: usize,
}

/// The code: no more than fills a page behind [`CODE_AT`].
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// Its instructions.
    pub bytes: &'static [u8],
    /// The end of a signal handler, and the clocks.
    pub functions: [Function; 4],
}

/// What the code reads, in the page before the image.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(C)]
pub struct ClockData {
    /// The counter at boot.
    pub boot: u64,
    /// Nanoseconds of a tick, times two to the power of the shift; 0 if the kernel has to be asked.
    pub multiplier: u64,
    /// The shift, from 1 to 63.
    pub shift: u64,
    /// What the clock on the wall is ahead of the time since boot, in nanoseconds.
    pub offset: u64,
}

impl ClockData {
    /// As it lies in memory.
    pub fn to_bytes(self) -> [u8; 32] {
        let words = [self.boot, self.multiplier, self.shift, self.offset].map(u64::to_le_bytes);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(words.as_flattened());
        bytes
    }
}
