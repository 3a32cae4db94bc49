//! The story of a region that grows under a process that only loads.

use super::actor::actor;
use super::stage::{Name, claim, refused, say};
use abi::Errno;
use alloc::format;
use user::error::{Error, Result};
use user::println;
use user::region::{Protection, Region, View};
use user::shared::SharedMemory;
use user::style::Size;

const FIRST: u64 = 4096;
const MAXIMUM: u64 = 8 << 20;
/// The lengths that it grows to.
const LENGTHS: [u64; 3] = [64 << 10, 3 << 20, MAXIMUM];

/// Tells the story.
pub fn run() -> Result<()> {
    let name = Name::new("growth");
    say(&format!(
        "A region of {} that may grow to {}. Another process maps it once.",
        Size(FIRST),
        Size(MAXIMUM)
    ));
    let region = Region::options().bytes(FIRST).maximum(MAXIMUM).create(&name)?;
    let reader = actor(|line| {
        let view = Region::open_read_only(&name)?.map(Protection::READ)?;
        println!("  the reader has it at {:#x}, {} bytes", view.address(), view.len());
        for (step, length) in (1..).zip(LENGTHS) {
            line.cue()?;
            line.wait()?;
            let last = load(&view, length)?;
            println!(
                "  the reader loads, still from {:#x}: byte {} is {last}",
                view.address(),
                length - 1
            );
            claim("that is the byte that was written there since", last == step)?;
        }
        Ok(())
    })?;
    for (step, length) in (1..).zip(LENGTHS) {
        reader.wait()?;
        say(&format!("It grows to {}, and its new last byte becomes {step}.", Size(length)));
        region.set_length(length)?;
        region.write(length - 1, &[step])?;
        reader.cue()?;
    }
    reader.ends_well()?;
    say("The reader made no call about the region in between.");
    refused("no further than its maximum", Errno::EFBIG, region.set_length(MAXIMUM + 1))?;
    claim("and that left it as it was", region.length()? == MAXIMUM)
}

/// Loads the last byte of so many, without asking the kernel how long the region is now.
fn load(view: &View, length: u64) -> Result<u8> {
    // SAFETY: a view of a whole region has room for its maximum, which is no less; it lives on.
    let memory = unsafe { SharedMemory::new(view.memory().base(), length as usize) };
    let mut byte = [0];
    memory.read(length as usize - 1, &mut byte).ok_or_else(|| Error::new(Errno::ERANGE, "view"))?;
    Ok(byte[0])
}
