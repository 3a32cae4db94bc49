//! A crowd: forty processes that share sixty regions, so that there is something for `map` to show.

use super::stage::{claim, say};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use user::error::{Error, Result};
use user::process::{self, Fork, Pid, Signal};
use user::region::{self, Options, Protection, Region};
use user::{println, time};

const PROCESSES: usize = 40;
const REGIONS: usize = 60;
const PAGE: usize = 4096;
/// How long it goes on without a word about that.
const SECONDS: Duration = Duration::from_secs(20);
/// From one page that a process writes to the next.
const STEP: Duration = Duration::from_millis(200);

/// Tells the story for a while.
pub fn run() -> Result<()> {
    run_for(SECONDS)
}

/// Tells it for so long.
pub fn run_for(span: Duration) -> Result<()> {
    say("Forty processes; each sees some of sixty regions, and writes to the first of them.");
    let regions = make_regions()?;
    let crowd: Vec<Pid> =
        (0..PROCESSES).map(|index| begin(index, &regions)).collect::<Result<_>>()?;
    println!("For {} s; map shows them.", span.as_secs());
    time::sleep(span);
    let mut views = 0;
    for pid in &crowd {
        let is_shared = |view: &&region::Holding| view.is_shared && view.region.is_some();
        views += region::views(Some(*pid))?.iter().filter(is_shared).count();
    }
    for pid in &crowd {
        process::kill(*pid, Signal::TERM)?;
    }
    for pid in crowd {
        process::wait_for(pid)?;
    }
    let wanted: usize = (0..PROCESSES).map(seen_by).sum();
    claim(
        &format!("{PROCESSES} processes had {views} views of {REGIONS} regions"),
        views == wanted,
    )?;
    drop(regions);
    let left = region::list()?.iter().filter(|it| it.name().starts_with(b"/crowd-")).count();
    claim("the regions have gone with who used them", left == 0)
}

/// From one page to some dozens.
fn make_regions() -> Result<Vec<(String, Region)>> {
    let make = |index: usize| {
        let name = format!("/crowd-{index}");
        let pages = 1 + index * index % 45;
        let options = Options::new().bytes((pages * PAGE) as u64).ephemeral().exclusive();
        Ok((name.clone(), options.create(&name)?))
    };
    (0..REGIONS).map(make).collect()
}

/// How many regions a process sees.
const fn seen_by(process: usize) -> usize {
    1 + process % 3
}

fn begin(index: usize, regions: &[(String, Region)]) -> Result<Pid> {
    match process::fork()? {
        Fork::Parent(pid) => Ok(pid),
        Fork::Child => process::exit(i32::from(play(index, regions).is_err())),
    }
}

/// Sees some regions near its own place in the list, of which it writes the first.
fn play(index: usize, regions: &[(String, Region)]) -> Result<()> {
    let mut views = Vec::new();
    for step in 0..seen_by(index) {
        let (_, region) = &regions[(index * REGIONS / PROCESSES + step) % REGIONS];
        let rights =
            if step == 0 { Protection::READ | Protection::WRITE } else { Protection::READ };
        views.push(region.map(rights)?);
    }
    let [first, ..] = &views[..] else { return Ok(()) };
    for turn in 0_u32.. {
        let page = turn as usize * PAGE % first.len();
        let written = first.write(page, &turn.to_ne_bytes());
        written.ok_or_else(|| Error::message("the region is shorter than it was made"))?;
        time::sleep(STEP + STEP * (index as u32 % 7));
    }
    Ok(())
}
