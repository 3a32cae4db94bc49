//! A call: its name, its arguments and what it has returned.

use super::names;
use super::quote::pointer;
use super::record::Record;
use super::value::{Arguments, octal};
use abi::number::FIRST_NATIVE;
use abi::trace::{Outcome, Set, Signature, TRACE_INTERRUPTED, signature};
use abi::{Errno, Sysno};
use alloc::format;
use alloc::string::{String, ToString};

/// A call's name; a number that is no call is told as one.
pub fn name(number: u64) -> String {
    match Sysno::from_number(number) {
        Some(call) => signature(call).name.into(),
        None => format!("syscall_{number:#x}"),
    }
}

/// Whether it is one of Commons' own.
pub const fn is_native(number: u64) -> bool {
    number >= FIRST_NATIVE
}

/// The signature of a call; of a number that is none, one without arguments.
pub fn signature_of(number: u64) -> Signature {
    Sysno::from_number(number)
        .map_or(Signature { name: "", arguments: &[], outcome: Outcome::Number }, signature)
}

/// The arguments from number `from` on, with commas between them, and where it ended: before the
/// first that is not known as long as the call is not over.
pub fn arguments(enter: &Record, leave: Option<&Record>, from: usize) -> (String, usize) {
    let call = Arguments {
        signature: signature_of(enter.head.number),
        registers: &enter.head.arguments,
        before: enter,
        after: leave,
    };
    let mut text = String::new();
    let count = call.count();
    for index in from..count {
        let Some(argument) = call.show(index) else { return (text, index) };
        if index > 0 {
            text += ", ";
        }
        text += &argument;
    }
    (text, count)
}

/// What a call has returned: an error is apart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Returned {
    /// What follows the equals sign.
    Value(String),
    /// The same for one that has failed.
    Error(String),
}

/// What a call has returned.
pub fn returned(leave: &Record) -> Returned {
    let signature = signature_of(leave.head.number);
    if leave.head.flags & TRACE_INTERRUPTED != 0 {
        let text = "? ERESTARTSYS (To be restarted if SA_RESTART is set)";
        return Returned::Error(text.into());
    }
    let value = match abi::decode(leave.head.value) {
        Ok(value) => value,
        Err(errno) => return Returned::Error(error(errno)),
    };
    Returned::Value(match (Sysno::from_number(leave.head.number), signature.outcome) {
        (Some(Sysno::RegionSeal), _) => names::flags(Set::Seals, value),
        (_, Outcome::Number) => (value as i64).to_string(),
        (_, Outcome::Address) => pointer(value),
        (_, Outcome::Hex) => format!("{value:#x}"),
        (_, Outcome::Octal) => octal(value),
        (_, Outcome::Never) => "?".into(),
    })
}

/// `-1 ENOENT (No such file or directory)`.
fn error(errno: Errno) -> String {
    let mut text = String::from(errno.text());
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("-1 {} ({text})", errno.name())
}

/// Whether the call does not return.
pub fn is_last(number: u64) -> bool {
    signature_of(number).outcome == Outcome::Never
}
