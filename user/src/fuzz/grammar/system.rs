//! Calls about the system as a whole.

use super::records::ROOM;
use super::{Row, call};
use crate::fuzz::kind::Kind::{Below, Buffer, One, Size};
use abi::Sysno;

pub const ROWS: &[Row] = &[
    call(Sysno::Syslog, &[Below(11), Buffer, Size]).user_only("root would clear the kernel's log"),
    call(
        Sysno::Reboot,
        &[One(&[0xFEE1_DEAD]), One(&[672_274_793]), One(&[0x0123_4567, 0x4321_FEDC, 0x434F_4D00])],
    )
    .user_only("it ends everything"),
    call(Sysno::Sysinfo, &[ROOM]),
    call(Sysno::MemoryInfo, &[ROOM]),
    call(Sysno::SystemInfo, &[ROOM]),
];
