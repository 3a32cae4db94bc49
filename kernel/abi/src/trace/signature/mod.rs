//! The arguments of every call: one table for the kernel, which copies what they lead to, and for
//! whoever prints them.
//!
//! A call without a signature does not compile.

mod files;
mod memory;
mod messages;
mod native;
mod processes;
mod signals;

use super::shape::{Kind, Outcome};
use crate::Sysno;

/// A call's name, its arguments and what it returns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Signature {
    /// As programmers know it.
    pub name: &'static str,
    /// In order.
    pub arguments: &'static [Kind],
    /// What it returns.
    pub outcome: Outcome,
}

macro_rules! signatures {
    ($($call:ident $name:literal ($($kind:expr),* $(,)?) $outcome:ident;)*) => {
        pub(super) const fn of(call: Sysno) -> Option<Signature> {
            let (name, arguments, outcome): (_, &'static [Kind], _) = match call {
                $(Sysno::$call => ($name, &[$($kind),*], Outcome::$outcome),)*
                _ => return None,
            };
            Some(Signature { name, arguments, outcome })
        }
    };
}
use signatures;

const fn find(call: Sysno) -> Option<Signature> {
    let subjects = [
        files::of(call),
        memory::of(call),
        messages::of(call),
        native::of(call),
        processes::of(call),
        signals::of(call),
    ];
    let mut index = 0;
    while index < subjects.len() {
        if subjects[index].is_some() {
            return subjects[index];
        }
        index += 1;
    }
    None
}

const _: () = {
    let mut index = 0;
    while index < Sysno::ALL.len() {
        assert!(find(Sysno::ALL[index]).is_some(), "a call has no signature");
        index += 1;
    }
};

/// The signature of a call.
pub const fn signature(call: Sysno) -> Signature {
    match find(call) {
        Some(signature) => signature,
        // Not reached: the check above is made when this is compiled.
        None => Signature { name: "?", arguments: &[], outcome: Outcome::Number },
    }
}

#[cfg(test)]
mod tests;
