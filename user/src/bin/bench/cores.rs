//! `bench cores`: the same work on one core and on several at once, each with its own.
//!
//! Told is the time that passes for one operation of all that are done: with time on the clock it
//! falls with the number of cores, with instructions it stays what it is, and what is more than on
//! one core was spent on others: spinning for locks, above all.

use super::Effort;
use super::clock;
use super::growth;
use super::party::{Helpers, Words, await_value, count_up, tell};
use abi::limits::PAGE_SIZE;
use alloc::format;
use alloc::string::{String, ToString};
use core::sync::atomic::Ordering;
use user::error::Result;
use user::offer::Pages;
use user::region::{self, Region};
use user::table::Align;
use user::{counter, print, process, style, sync, system};

const PAGES: usize = 64;

/// Something that each core does for itself.
struct Work {
    name: &'static str,
    /// How many operations a core does.
    operations: u32,
    /// Does so many of them, on a core.
    run: fn(u32, u32) -> Result<()>,
}

const WORKS: [Work; 5] = [
    Work { name: "null call", operations: 20_000, run: null_calls },
    Work { name: "page fault", operations: 6400, run: faults },
    Work { name: "fork, exit, wait", operations: 200, run: forks },
    Work { name: "region open, close", operations: 2000, run: opens },
    Work { name: "futex round trip", operations: 2000, run: round_trips },
];

/// Prints the table.
pub fn run(effort: Effort) -> Result<()> {
    clock::tell_unit();
    let cores = system::info()?.cores.min(4);
    let mut table = style::table(&[
        ("WORK", Align::Left),
        ("1-CORE", Align::Right),
        ("2-CORES", Align::Right),
        ("3-CORES", Align::Right),
        ("4-CORES", Align::Right),
    ]);
    for work in &WORKS {
        let operations = work.operations / effort.pick(1, 20);
        let cost = |busy| {
            let time = together(work.run, busy, operations)?;
            Ok((time / (u64::from(busy) * u64::from(operations))).to_string())
        };
        let costs = (1..=cores).map(cost).collect::<Result<alloc::vec::Vec<String>>>()?;
        table.row([work.name.to_string()].into_iter().chain(costs));
    }
    print!("{table}");
    Ok(())
}

/// The time from a common start until so many cores have done the work, each so many operations.
fn together(run: fn(u32, u32) -> Result<()>, cores: u32, operations: u32) -> Result<u64> {
    let words = Words::new(3)?;
    let (ready, go, done) = (words.at(0), words.at(1), words.at(2));
    let mut helpers = Helpers::none();
    for core in 0..cores {
        helpers.add(|| {
            process::stay_on_core(core)?;
            run(core, operations / 8)?;
            count_up(ready);
            while go.load(Ordering::Acquire) == 0 {
                sync::wait(go, 0, None);
            }
            run(core, operations)?;
            count_up(done);
            Ok(())
        })?;
    }
    await_value(ready, cores);
    let start = counter::read();
    go.store(1, Ordering::Release);
    sync::wake(go, u32::MAX);
    await_value(done, cores);
    let time = counter::nanoseconds(counter::read() - start);
    helpers.join()?;
    Ok(time)
}

fn null_calls(_core: u32, operations: u32) -> Result<()> {
    for _ in 0..operations {
        process::parent();
    }
    Ok(())
}

fn faults(_core: u32, operations: u32) -> Result<()> {
    for _ in 0..operations / PAGES as u32 {
        let pages = Pages::new(PAGES * PAGE_SIZE)?;
        super::handing::write(&pages)?;
    }
    Ok(())
}

fn forks(_core: u32, operations: u32) -> Result<()> {
    (0..operations).try_for_each(|_| growth::fork_and_wait())
}

fn opens(core: u32, operations: u32) -> Result<()> {
    let name = format!("/cores.{core}");
    let _made = Region::options().bytes(1).create(&name)?;
    (0..operations).try_for_each(|_| Region::open(&name).map(drop))?;
    region::unlink(&name)
}

/// With a process on the same core.
fn round_trips(_core: u32, operations: u32) -> Result<()> {
    let words = Words::new(2)?;
    let (there, back) = (words.at(0), words.at(1));
    let mut helpers = Helpers::none();
    helpers.add(|| {
        for round in 1..=operations {
            await_value(there, round);
            tell(back, round);
        }
        Ok(())
    })?;
    for round in 1..=operations {
        tell(there, round);
        await_value(back, round);
    }
    helpers.join()
}
