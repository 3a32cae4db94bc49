//! The story of stores that go on past a region's end.

use super::actor::actor;
use super::stage::{Name, claim, refused, say};
use abi::Errno;
use abi::limits::PAGE_SIZE;
use alloc::format;
use core::sync::atomic::Ordering::SeqCst;
use user::error::{Error, Result};
use user::println;
use user::process::Signal;
use user::region::{Protection, Region};
use user::shared::SharedMemory;

const BYTES: u64 = 10_000;
/// Pages come whole.
const REACHED: u64 = BYTES.next_multiple_of(PAGE_SIZE as u64);

/// Tells the story.
pub fn run() -> Result<()> {
    let (name, marks) = (Name::new("boundary"), Name::new("boundary-marks"));
    say(&format!("A region of {BYTES} bytes, which lie in {} pages.", REACHED / PAGE_SIZE as u64));
    let region = Region::options().bytes(BYTES).create(&name)?;
    let end = BYTES - 2;
    refused("a copy across the end", Errno::ERANGE, region.write(end, b"12345"))?;
    let mut bytes = [1; 2];
    region.read(end, &mut bytes)?;
    claim("nothing of it was written", bytes == [0; 2])?;

    let marks = Region::options().bytes(PAGE_SIZE as u64).create(&marks)?;
    let marks = marks.map(Protection::READ | Protection::WRITE)?;
    let mark = marks.as_atomic_u32(0).ok_or_else(|| Error::new(Errno::ERANGE, "mark"))?;
    let neighbour = actor(|line| {
        let view = region.map(Protection::READ)?;
        line.cue()?;
        line.wait()?;
        let mut bytes = [0; BYTES as usize];
        view.read(0, &mut bytes);
        claim("the neighbour lives, and reads what was stored", bytes == [b'x'; BYTES as usize])
    })?;
    neighbour.wait()?;

    say("A process stores byte after byte through a view and does not stop:");
    let careless = actor(|_| {
        let view = region.map(Protection::READ | Protection::WRITE)?;
        // SAFETY: the view's room is 2 MiB, and what lies past the region's end there is a fault.
        let memory = unsafe { SharedMemory::new(view.memory().base(), 2 << 20) };
        for offset in 0..memory.len() {
            mark.store(offset as u32, SeqCst);
            memory.write(offset, b"x");
        }
        Ok(())
    })?;
    careless.ends_by(Signal::BUS)?;
    let offset = u64::from(mark.load(SeqCst));
    println!("  the store that ended it was at offset {offset}");
    claim("that is where the region's last page ends", offset == REACHED)?;
    say("The kernel's line names the region, its owner, the offset and the boundary.");
    neighbour.cue()?;
    neighbour.ends_well()
}
