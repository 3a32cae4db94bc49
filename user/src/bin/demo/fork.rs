//! The story of what two processes share after a fork, and what each has for itself.

use super::actor::actor;
use super::stage::{Name, claim, say};
use abi::Errno;
use abi::limits::PAGE_SIZE;
use alloc::boxed::Box;
use alloc::format;
use alloc::vec;
use core::hint::black_box;
use core::sync::atomic::{AtomicU32, Ordering::SeqCst};
use user::error::{Error, Result};
use user::region::{Inheritance, Protection, Region, View};
use user::{println, system};

/// Pages of the private memory whose copying is measured.
const PAGES: u64 = 1024;

/// Tells the story.
pub fn run() -> Result<()> {
    let name = Name::new("fork");
    let region = Region::options().bytes(PAGE_SIZE as u64).create(&name)?;
    values(&region)?;
    pages()?;
    policy(&region)
}

fn word(view: &View) -> Result<&AtomicU32> {
    view.as_atomic_u32(0).ok_or_else(|| Error::new(Errno::ERANGE, "the first word of the region"))
}

/// A word in a region and a word of the process, stored to by a child.
fn values(region: &Region) -> Result<()> {
    say("A word in a region and a word of the process's own memory are both 1. Then it forks.");
    let view = region.map(Protection::READ | Protection::WRITE)?;
    let shared = word(&view)?;
    let own = Box::new(AtomicU32::new(1));
    shared.store(1, SeqCst);
    let child = actor(|_| {
        shared.store(2, SeqCst);
        own.store(2, SeqCst);
        println!(
            "  the child stores 2 in both, and sees {} and {}",
            shared.load(SeqCst),
            own.load(SeqCst)
        );
        Ok(())
    })?;
    child.ends_well()?;
    claim("the parent sees the 2 in the region, which they share", shared.load(SeqCst) == 2)?;
    claim("the parent still sees 1 in its own memory", own.load(SeqCst) == 1)
}

/// How many pages a fork costs, and the child's stores.
fn pages() -> Result<()> {
    say(&format!(
        "That memory was not copied at the fork. {PAGES} pages of it, and the free pages counted:"
    ));
    let mut memory = vec![1_u8; PAGES as usize * PAGE_SIZE];
    // Else the compiler would be free to know the bytes without memory.
    black_box(&mut memory);
    let before = system::memory()?.free;
    let child = actor(|line| {
        line.wait()?;
        memory.fill(2);
        black_box(&mut memory);
        line.cue()?;
        line.wait()
    })?;
    let forked = before.saturating_sub(system::memory()?.free);
    child.cue()?;
    child.wait()?;
    let written = before.saturating_sub(system::memory()?.free);
    child.cue()?;
    child.ends_well()?;
    println!(
        "  the fork took {forked} pages, the child's stores {}",
        written.saturating_sub(forked)
    );
    claim("the fork copied hardly a page", forked < PAGES / 4)?;
    claim("the child's stores made its own copies", written.saturating_sub(forked) >= PAGES)?;
    claim("the parent's bytes are as before", black_box(&memory).iter().all(|byte| *byte == 1))
}

/// A view whose children are to get a copy.
fn policy(region: &Region) -> Result<()> {
    say("A view can be told what children get of it: here a copy, as if it were private.");
    let view = region.map(Protection::READ | Protection::WRITE)?;
    view.set_inheritance(Inheritance::Copy)?;
    let shared = word(&view)?;
    let child = actor(|_| {
        claim("the child has the bytes as of the fork", shared.load(SeqCst) == 2)?;
        shared.store(3, SeqCst);
        claim("its store changes its copy", shared.load(SeqCst) == 3)
    })?;
    child.ends_well()?;
    claim("the region is as it was", shared.load(SeqCst) == 2)
}
