//! The story of a robot's runtime: blocks of shared memory and named semaphores that one process
//! makes, and three others use by their names only.
//!
//! It is how such programs are written for POSIX: who makes the objects leaves at once, semaphores
//! with the value 1 are the mutexes, and whoever takes several takes them in one order.

mod blocks;
mod names;
mod roles;
mod supervisor;

use super::stage::{claim, say};
use names::Names;
use user::error::Result;

/// What the robot consists of.
pub const DEVICES: usize = 6;
/// How often each device is read and told what to do, in each half of the story.
pub const ROUNDS: u64 = 100;

/// Tells the story.
pub fn run() -> Result<()> {
    let names = Names::new();
    supervisor::create(&names)?;
    supervisor::first_half(&names)?.killed()?.second_half()?;
    say("A region has a lock of its own, in every family. The same death, with the lock held:");
    supervisor::lock_of_the_dead(&names)?;
    say("The runtime is stopped: all names are removed.");
    names.remove()?;
    claim("no block and no semaphore is left", names.left()? == 0)
}
