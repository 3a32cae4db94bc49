//! The names of numbers: flags, and numbers that stand for one of many things.
//!
//! Linux's are as its headers have them, Commons' own as `commons.h` has them.

mod linux;
mod native;

use abi::trace::Set;
use alloc::format;
use alloc::string::{String, ToString};

/// The names of a set; what several bits mean comes before what a part of them does.
pub type Names = &'static [(u64, &'static str)];

/// The names of a set.
pub fn of(set: Set) -> Names {
    native::of(set).or_else(|| linux::of(set)).unwrap_or(&[])
}

/// The name of a number, or the number.
pub fn one(set: Set, value: u64) -> String {
    match set {
        // What may stand beside the operation or the policy.
        Set::FutexOperation => {
            return operation(set, value, &[(128, "_PRIVATE"), (256, "|FUTEX_CLOCK_REALTIME")]);
        }
        Set::Schedule => {
            return operation(set, value, &[(0x4000_0000, "|SCHED_RESET_ON_FORK")]);
        }
        _ => {}
    }
    let value = value & u64::from(u32::MAX);
    match of(set).iter().find(|(number, _)| *number == value) {
        Some((_, name)) => (*name).to_string(),
        None if value > 9 => format!("{value:#x}"),
        None => value.to_string(),
    }
}

fn operation(set: Set, value: u64, beside: &[(u64, &str)]) -> String {
    let beside_bits = beside.iter().fold(0, |bits, (bit, _)| bits | bit);
    let plain = value & u64::from(u32::MAX) & !beside_bits;
    let mut text = of(set)
        .iter()
        .find(|(number, _)| *number == plain)
        .map_or_else(|| plain.to_string(), |(_, name)| (*name).to_string());
    beside.iter().filter(|(bit, _)| value & bit != 0).for_each(|(_, name)| text += name);
    text
}

/// The names of the bits of a number; what has none is told as a number.
pub fn flags(set: Set, value: u64) -> String {
    match set {
        Set::Open => open_flags(value as u32),
        Set::Clone => {
            let signal = value & 0xFF;
            let text = bits(of(set), value & !0xFF & u64::from(u32::MAX), "");
            match (text.is_empty(), signal) {
                (true, 0) => "0".into(),
                (false, 0) => text,
                (true, _) => super::status::signal(signal as u32),
                (false, _) => format!("{text}|{}", super::status::signal(signal as u32)),
            }
        }
        Set::SocketType => {
            let kind = value & 0xF;
            let kind = of(set).iter().find(|(number, _)| *number == kind);
            let kind = kind.map_or_else(|| (value & 0xF).to_string(), |(_, name)| (*name).into());
            let more = bits(&of(set)[SOCKET_KINDS..], value & 0xFFFF_FFF0, "");
            if more.is_empty() { kind } else { format!("{kind}|{more}") }
        }
        Set::Access if value as u32 == 0 => "F_OK".into(),
        Set::Protection if value as u32 == 0 => "PROT_NONE".into(),
        _ => bits(of(set), value & mask(set), "0"),
    }
}

/// Entries of [`Set::SocketType`] that are kinds and not flags.
const SOCKET_KINDS: usize = 4;

/// Flags are 32 bits wide, for the most part.
const fn mask(set: Set) -> u64 {
    match set {
        Set::MountFlags => u64::MAX,
        _ => u32::MAX as u64,
    }
}

/// The access mode of an open file, and its flags.
fn open_flags(value: u32) -> String {
    let access = match value & 3 {
        0 => "O_RDONLY",
        1 => "O_WRONLY",
        2 => "O_RDWR",
        _ => "O_ACCMODE",
    };
    let more = bits(of(Set::Open), u64::from(value & !3), "");
    if more.is_empty() { access.into() } else { format!("{access}|{more}") }
}

fn bits(names: Names, value: u64, none: &str) -> String {
    let mut left = value;
    let mut text = String::new();
    let mut add = |name: &str| {
        if !text.is_empty() {
            text.push('|');
        }
        text += name;
    };
    for (bits, name) in names {
        if *bits != 0 && left & bits == *bits {
            add(name);
            left &= !bits;
        }
    }
    if left != 0 {
        add(&format!("{left:#x}"));
    }
    if text.is_empty() { none.into() } else { text }
}
