//! `bench memory`: the frames that the kernel holds for one of a kind, and for a thousand.

use super::clock;
use super::party::{Helpers, Words, await_value, count_up};
use super::thread::start_sleeper;
use abi::limits::PAGE_SIZE;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};
use user::error::Result;
use user::region::{self, Protection, Region, View};
use user::table::Align;
use user::time::{self, Duration};
use user::{print, println, style, sync, system};

const RIGHTS: Protection = Protection::READ.union(Protection::WRITE);
const MANY: usize = 1000;

/// Things that are there until this is dropped.
type Things = Box<dyn core::any::Any>;
/// Makes so many of a kind.
type Make = fn(usize) -> Result<Things>;

/// Frames in use.
#[derive(Clone, Copy)]
struct Frames {
    /// Tables, stacks and heap.
    kernel: u64,
    /// What programs see.
    user: u64,
}

impl Frames {
    fn now() -> Result<Self> {
        // Who has just ended gives its frames back at its core's next occasion.
        time::sleep(Duration::from_millis(20));
        let memory = system::memory()?;
        Ok(Self { kernel: memory.tables + memory.stacks + memory.heap, user: memory.user })
    }
}

/// Prints the table.
pub fn run() -> Result<()> {
    clock::tell_unit();
    let now = Frames::now()?;
    let kibibytes = now.kernel * PAGE_SIZE as u64 / 1024;
    println!("Beside the image the kernel holds {} pages, {kibibytes} KiB, for init,", now.kernel);
    println!("the shell, this program and itself. More of them (in pages) for");
    let mut table = style::table(&[
        ("WHAT", Align::Left),
        ("FIRST", Align::Right),
        ("THOUSAND", Align::Right),
        ("KIB-EACH", Align::Right),
        ("USER-PAGES", Align::Right),
    ]);
    let kinds: [(&str, Make); 5] = [
        ("process", processes),
        ("thread", threads),
        ("region", |count| regions(count, Contents::Nothing)),
        ("region with a page", |count| regions(count, Contents::APage)),
        ("view", views),
    ];
    for (what, make) in kinds {
        table.row(held(what, make)?);
    }
    print!("{table}");
    Ok(())
}

fn held(what: &str, make: Make) -> Result<[String; 5]> {
    let more = |count| -> Result<Frames> {
        let before = Frames::now()?;
        let things = make(count)?;
        let with = Frames::now()?;
        drop(things);
        let less = |with: u64, before: u64| with.saturating_sub(before);
        Ok(Frames { kernel: less(with.kernel, before.kernel), user: less(with.user, before.user) })
    };
    let (one, many) = (more(1)?, more(MANY)?);
    let tenths = many.kernel * PAGE_SIZE as u64 * 10 / 1024 / MANY as u64;
    Ok([
        what.to_string(),
        one.kernel.to_string(),
        many.kernel.to_string(),
        format!("{}.{}", tenths / 10, tenths % 10),
        many.user.to_string(),
    ])
}

/// Processes that sleep.
fn processes(count: usize) -> Result<Things> {
    let words = Words::new(2)?;
    let mut helpers = Helpers::none();
    for _ in 0..count {
        helpers.add(|| {
            count_up(words.at(0));
            loop {
                sync::wait(words.at(1), 0, None);
            }
        })?;
    }
    await_value(words.at(0), count as u32);
    Ok(Box::new(helpers))
}

/// Threads that sleep on a word, which ends them.
struct Threads(&'static AtomicU32);

impl Drop for Threads {
    fn drop(&mut self) {
        self.0.store(1, Ordering::Release);
        sync::wake(self.0, u32::MAX);
    }
}

fn threads(count: usize) -> Result<Things> {
    let threads = Threads(Box::leak(Box::new(AtomicU32::new(0))));
    for _ in 0..count {
        start_sleeper(threads.0)?;
    }
    Ok(Box::new(threads))
}

/// What is in a region of one page.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Contents {
    /// Nobody has touched it.
    Nothing,
    /// It was written to.
    APage,
}

/// Names of regions that nobody has open.
struct Names(usize);

fn name(index: usize) -> String {
    format!("/memory.{index}")
}

impl Drop for Names {
    fn drop(&mut self) {
        (0..self.0).for_each(|index| drop(region::unlink(&name(index))));
    }
}

fn regions(count: usize, contents: Contents) -> Result<Things> {
    let mut names = Names(0);
    for index in 0..count {
        let region = Region::options().bytes(PAGE_SIZE as u64).exclusive().create(&name(index))?;
        names.0 += 1;
        if contents == Contents::APage {
            region.write(0, &[1])?;
        }
    }
    Ok(Box::new(names))
}

/// Views of one region.
fn views(count: usize) -> Result<Things> {
    let region = Region::options().bytes(PAGE_SIZE as u64).anonymous()?;
    let views = (0..count).map(|_| region.map(RIGHTS)).collect::<Result<Vec<View>>>()?;
    Ok(Box::new(views))
}
