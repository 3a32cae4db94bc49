//! What is wrong, and with which process's numbers it can be made again.

use crate::slot::{Made, Slot, UNDER_WAY};
use abi::{Sysno, decode};
use alloc::format;
use alloc::string::String;
use core::fmt::Write;
use core::sync::atomic::Ordering::Relaxed;
use user::println;

/// Findings so far.
#[derive(Debug, Default)]
pub struct Findings {
    count: u32,
}

/// Findings that are told one by one.
const TOLD: u32 = 20;

impl Findings {
    /// How many there are.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Tells of something that is wrong.
    pub fn tell(&mut self, what: &str) {
        self.count += 1;
        if self.count <= TOLD {
            println!("FOUND {what}");
        }
    }

    /// Tells of something that a process did, with its last calls.
    pub fn tell_of(&mut self, slot: &Slot, what: &str) {
        self.tell(&format!(
            "{what}: process {}, seed {}",
            slot.pid.load(Relaxed),
            slot.seed.load(Relaxed)
        ));
        if self.count <= TOLD {
            slot.last_calls().for_each(|made| println!("  {}", describe(&made)));
        }
    }
}

/// A call with its arguments and what it gave.
pub fn describe(made: &Made) -> String {
    let [number, arguments @ .., result] = made;
    let mut text = match Sysno::from_number(*number) {
        Some(call) => format!("{call:?}("),
        None => format!("call {number:#x}("),
    };
    for (index, argument) in arguments.iter().enumerate() {
        let _ = write!(text, "{}{argument:#x}", if index == 0 { "" } else { ", " });
    }
    let _ = match (*result, decode(*result)) {
        (UNDER_WAY, _) => write!(text, ") has not returned"),
        (_, Ok(value)) => write!(text, ") = {value:#x}"),
        (raw, Err(_)) => write!(text, ") = {} ({})", raw as i64, name(raw)),
    };
    text
}

fn name(result: u64) -> &'static str {
    abi::Errno::from_number((result as i64).wrapping_neg() as i32)
        .map_or("an error without a name", abi::Errno::name)
}
