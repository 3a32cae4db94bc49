//! Checks with names, counted.

use crate::{print, say};
use core::ffi::CStr;
use core::fmt::Debug;

/// The checks of a suite so far.
#[derive(Default)]
pub struct Checks {
    passed: u32,
    failed: u32,
}

impl Checks {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks that something holds.
    pub fn that(&mut self, name: &str, holds: bool) {
        self.equal(name, holds, true);
    }

    /// Checks that something is what it should be.
    pub fn equal<T: PartialEq + Debug>(&mut self, name: &str, found: T, wanted: T) {
        if found == wanted {
            self.passed += 1;
            say!("ok {name}");
        } else {
            self.failed += 1;
            say!("FAILED {name}: it was {found:x?} and not {wanted:x?}");
        }
    }

    /// The value of a call that must succeed; the default where it does not.
    pub fn value<T: Default, E: Debug>(&mut self, name: &str, result: Result<T, E>) -> T {
        result.unwrap_or_else(|error| {
            self.failed += 1;
            say!("FAILED {name}: {error:?}");
            T::default()
        })
    }

    /// Prints the sum and gives the status to exit with.
    pub fn end(self, suite: &CStr) -> i32 {
        let Self { passed, failed } = self;
        say!("suite {} ended: {passed} ok, {failed} failed", print::text(suite));
        i32::from(failed > 0)
    }
}
