//! `bench screen`: what a picture, a commit and the map of the memory cost, all on one core.

use super::Effort;
use super::clock;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;
use embedded_graphics::geometry::Size;
use user::error::{Error, Result};
use user::process::{self, Command, Pid, Signal};
use user::surface::{Display, Wanted};
use user::table::Align;
use user::topic::Pool;
use user::{print, style, time};

/// A second of a core has so many instructions: a Cortex-A53 at 1.2 GHz, taken for one that runs one in a nanosecond.
const SECOND: u64 = 1_000_000_000;
/// From when a story begins until it is looked at: its windows have come then.
const BEGINNING: Duration = Duration::from_secs(3);

/// Measures, and prints tables.
pub fn run(effort: Effort) -> Result<()> {
    process::stay_on_core(0)?;
    clock::tell_unit();
    must("compositor --measure")?;
    commits(effort)?;
    map(effort)
}

fn command(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let program = Command::new(words.next().unwrap_or_default());
    words.fold(program, |command, word| command.arg(word))
}

fn must(line: &str) -> Result<()> {
    user::io::flush()?;
    match process::wait_for(command(line).spawn()?)? {
        process::ExitStatus::Exited(0) => Ok(()),
        _ => Err(Error::message(format!("{line} has failed"))),
    }
}

/// A process that is ended when this is dropped.
struct Running(Pid);

impl Running {
    fn start(line: &str) -> Result<Self> {
        Ok(Self(command(line).spawn()?))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already is none the worse for it.
        let _ = process::kill(self.0, Signal::TERM).and_then(|()| process::wait_for(self.0));
    }
}

/// What the client does when it commits, for surfaces of several sizes.
fn commits(effort: Effort) -> Result<()> {
    let server = Running::start("compositor")?;
    let pool = Pool::new()?;
    let display = Display::connect(&pool)?;
    let mut table = style::table(&[("SURFACE", Align::Left), ("COMMIT", Align::Right)]);
    for (width, height) in [(64, 64), (256, 256), (1024, 768)] {
        let size = Size::new(width, height);
        let mut surface = display.open(Wanted { title: "bench", size, place: None, flags: 0 })?;
        let mut costs = Vec::new();
        for _ in 0..effort.pick(31, 5) {
            surface.frame()?;
            let begin = time::now();
            surface.commit(surface.bounds())?;
            costs.push((time::now() - begin).as_nanos());
        }
        costs.sort_unstable();
        table.row([format!("{width} × {height}"), costs[costs.len() / 2].to_string()]);
    }
    print!("{table}");
    drop(server);
    Ok(())
}

/// What `map` takes of a core, while other programs are at work.
fn map(effort: Effort) -> Result<()> {
    let titles = [
        ("MAP-OF", Align::Left),
        ("INSTRUCTIONS-A-SECOND", Align::Right),
        ("PER-CENT-OF-A-CORE", Align::Right),
    ];
    let mut table = style::table(&titles);
    let seconds = effort.pick(10, 2);
    for (what, story) in [("nothing else", "sleep 20"), ("demo crowd", "demo crowd 20")] {
        let server = Running::start("compositor")?;
        let story = command(story).spawn()?;
        let map = Running::start("map --size 1000x700 --at 10,40")?;
        add_row(&mut table, what, map.0, seconds)?;
        drop((map, server));
        process::wait_for(story)?;
    }
    let story = command("demo screen 20").spawn()?;
    time::sleep(BEGINNING);
    let all = process::list()?;
    let map = all.iter().find(|process| process.command() == b"map");
    let map = map.ok_or_else(|| Error::message("the story has no map"))?;
    add_row(&mut table, "demo screen", Pid(map.pid), seconds)?;
    process::wait_for(story)?;
    print!("{table}");
    Ok(())
}

fn add_row(table: &mut user::table::Table, what: &str, map: Pid, seconds: u64) -> Result<()> {
    time::sleep(BEGINNING);
    let before = processor_time(map)?;
    time::sleep(Duration::from_secs(seconds));
    let each = (processor_time(map)? - before) / seconds;
    let share: String = format!("{:.2}", each as f64 * 100.0 / SECOND as f64);
    table.row([what.to_string(), each.to_string(), share]);
    Ok(())
}

fn processor_time(pid: Pid) -> Result<u64> {
    let all = process::list()?;
    let found = all.iter().find(|process| process.pid == pid.0);
    found.map(|it| it.cpu_time).ok_or_else(|| Error::message("map has ended"))
}
