//! What a file that tells of signals says of one (`struct signalfd_siginfo`).

use super::SignalInfo;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// A signal, as it is read.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct SignalRecord {
    /// The signal.
    pub number: u32,
    /// An error number.
    pub error: i32,
    /// Why it was sent.
    pub code: i32,
    /// The sender, or the child.
    pub pid: u32,
    /// Its user.
    pub uid: u32,
    /// Not used.
    pub fd: i32,
    /// The timer that sent it.
    pub timer: u32,
    /// Not used.
    pub band: u32,
    /// How often the timer was due besides.
    pub overrun: u32,
    /// Not used.
    pub trap: u32,
    /// How the child ended.
    pub status: i32,
    /// The value that came with it, as a number.
    pub value: i32,
    /// The value that came with it.
    pub pointer: u64,
    /// The child's time in the program.
    pub user_time: u64,
    /// The child's time in the kernel.
    pub system_time: u64,
    /// Where the fault was.
    pub address: u64,
    /// Zero.
    pub unused: [u64; 6],
}

const _: () = assert!(size_of::<SignalRecord>() == 128);

impl From<SignalInfo> for SignalRecord {
    fn from(info: SignalInfo) -> Self {
        let record = Self {
            number: info.number as u32,
            error: info.error,
            code: info.code,
            ..Self::default()
        };
        if let Some(timer) = info.timer() {
            let (value, pointer) = (info.value() as i32, info.value());
            return Self { timer, overrun: info.overrun(), value, pointer, ..record };
        }
        let record = Self { pid: info.pid(), uid: info.uid(), ..record };
        let is_child = info.number == super::Signal::CHLD as i32 && info.code > 0;
        if is_child {
            let [user_time, system_time] = [info.fields[2], info.fields[3]];
            return Self { status: info.status(), user_time, system_time, ..record };
        }
        if info.code < 0 {
            return Self { value: info.value() as i32, pointer: info.value(), ..record };
        }
        record
    }
}
