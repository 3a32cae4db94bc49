//! Checks with names, counted.

use core::fmt::Debug;
use user::println;

/// The checks of a suite so far.
#[derive(Default)]
pub struct Checks {
    passed: u32,
    failed: u32,
}

impl Checks {
    /// Checks that something holds.
    pub fn that(&mut self, name: &str, holds: bool) {
        self.equal(name, holds, true);
    }

    /// Checks that something is what it should be.
    pub fn equal<T: PartialEq + Debug>(&mut self, name: &str, found: T, wanted: T) {
        if found == wanted {
            self.passed += 1;
            println!("ok {name}");
        } else {
            self.failed += 1;
            println!("FAILED {name}: it was {found:?} and not {wanted:?}");
        }
    }

    /// The value of a call that must succeed.
    pub fn value<T, E: Debug>(&mut self, name: &str, result: Result<T, E>) -> Option<T> {
        result
            .inspect_err(|error| {
                self.failed += 1;
                println!("FAILED {name}: {error:?}");
            })
            .ok()
    }

    /// Prints the sum and gives the status to exit with.
    pub fn end(self, suite: &str) -> i32 {
        let Self { passed, failed } = self;
        println!("suite {suite} ended: {passed} ok, {failed} failed");
        i32::from(failed > 0)
    }
}
