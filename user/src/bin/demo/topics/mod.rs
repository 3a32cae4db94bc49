//! The story of three publishers and four subscribers of different speeds, of whom some are killed
//! on the way.

mod board;
mod roles;

use super::actor::Actor;
use super::stage::{claim, say};
use abi::Errno;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use board::{Board, Field, READERS};
use user::error::Result;
use user::process::{self, Signal};
use user::style::{self, Size};
use user::table::Align;
use user::time::Duration;
use user::topic::{self, MemberRecord, MemberRole};
use user::{print, println, region, system};

/// How long each publisher waits between two messages.
const PERIODS: [Duration; 3] =
    [Duration::from_millis(1), Duration::from_millis(3), Duration::from_millis(8)];
/// What the subscribers are.
const NAMES: [&str; READERS] = ["quick", "busy", "slow", "killed"];
/// Messages that the subscriber holds that is killed.
const HELD: usize = 3;
/// Frames that other processes may take meanwhile.
const NOISE: u64 = 32;
/// What a pool has at first.
const POOL: u64 = 100_000;

/// Tells the story.
pub fn run() -> Result<()> {
    let name = format!("/samples-{}", process::id());
    let board = Board::new()?;
    let before = system::memory()?.user;
    say(&format!(
        "Four processes subscribe to {name}, and three publish there: messages of 4 KiB with a\n\
         checksum, every 1, 3 and 8 ms. They lie in their publishers' pools, where all read them."
    ));
    let quick = roles::quick(board, &name, &[3, 4, 5])?;
    let busy = roles::slow(board, 1, &name, 64, Duration::from_millis(2))?;
    let slow = roles::slow(board, 2, &name, 4, Duration::from_millis(20))?;
    let killed = roles::holding(board, 3, &name, HELD)?;
    [&quick, &busy, &slow, &killed].into_iter().try_for_each(Actor::wait)?;
    let mut publishers = Vec::new();
    for period in PERIODS {
        publishers.push(roles::publisher(board, &name, period)?);
    }
    publishers.iter().try_for_each(Actor::wait)?;
    quick.wait()?;
    // Whoever holds its messages has them before anybody dies.
    killed.wait()?;
    members(&name, 3, 4)?;

    publishers = a_publisher_dies(board, &name, publishers, &quick)?;
    a_subscriber_dies(board, &name, &mut publishers, &quick, killed)?;
    say("The slow one works 20 ms on each message and looks back 4 at most.");
    slow.wait()?;
    let lost = board.count(2, Field::Lost)?;
    claim(
        &format!("it was told that it has lost {lost} messages; nobody waited for it"),
        lost > 0,
    )?;
    let pools: Vec<String> = publishers.iter().map(|one| format!("/pool@{}", one.pid)).collect();
    end(board, &name, publishers, [quick, busy, slow])?;
    report(board)?;
    nothing_is_left(&name, &pools, before)
}

fn all(name: &str, role: MemberRole) -> Result<Vec<MemberRecord>> {
    let mut members = topic::members(name)?;
    members.retain(|member| member.role == role as u32);
    Ok(members)
}

/// Who is there, and where the pools are.
fn members(name: &str, publishers: usize, subscribers: usize) -> Result<()> {
    let found = all(name, MemberRole::Publisher)?;
    for publisher in &found {
        println!(
            "  publisher {}: pool at {:#x}, {} now",
            publisher.pid,
            publisher.pool_address,
            Size(publisher.pool_bytes)
        );
    }
    let readers = all(name, MemberRole::Subscriber)?.len();
    claim(
        &format!("{publishers} publishers and {subscribers} subscribers know of each other"),
        (found.len(), readers) == (publishers, subscribers),
    )
}

/// One is killed and another one takes its place.
fn a_publisher_dies(
    board: Board,
    name: &str,
    mut publishers: Vec<Actor>,
    quick: &Actor,
) -> Result<Vec<Actor>> {
    let victim = publishers.swap_remove(1);
    let pid = victim.pid;
    say(&format!("Publisher {pid} is killed, while its messages are being read."));
    process::kill(pid, Signal::KILL)?;
    victim.ends_by(Signal::KILL)?;
    let left = all(name, MemberRole::Publisher)?.len();
    claim("the other two go on", left == 2)?;
    let pool = format!("/pool@{pid}");
    claim(&format!("nothing is named {pool} any more"), !region::exists(&pool)?)?;
    let next = roles::publisher(board, name, PERIODS[1])?;
    next.wait()?;
    quick.wait()?;
    claim(&format!("process {} publishes instead, and is heard", next.pid), true)?;
    publishers.push(next);
    Ok(publishers)
}

/// One dies with messages in its hands, and another publisher is exchanged to see all going on.
fn a_subscriber_dies(
    board: Board,
    name: &str,
    publishers: &mut Vec<Actor>,
    quick: &Actor,
    killed: Actor,
) -> Result<()> {
    let held = |pid| -> Result<u32> {
        let found = all(name, MemberRole::Subscriber)?;
        Ok(found.iter().find(|one| one.pid == pid).map_or(0, |one| one.held))
    };
    let pid = killed.pid;
    let before = held(pid.0)?;
    say(&format!("Subscriber {pid} holds {before} messages, and is killed."));
    process::kill(pid, Signal::KILL)?;
    killed.ends_by(Signal::KILL)?;
    let left = all(name, MemberRole::Subscriber)?.len();
    claim("what it held is released", (before as usize, left) == (HELD, 3))?;
    let more = roles::publisher(board, name, PERIODS[0])?;
    more.wait()?;
    quick.wait()?;
    claim("no publisher was stopped, and a further one is heard at once", true)?;
    publishers.push(more);
    Ok(())
}

/// Publishers end; subscribers read what is left, and end.
fn end(board: Board, name: &str, publishers: Vec<Actor>, readers: [Actor; 3]) -> Result<()> {
    let grown = all(name, MemberRole::Publisher)?.iter().any(|one| one.pool_bytes > POOL);
    claim("a pool that was full has grown, and nobody has noticed", grown)?;
    say("The publishers are told to end; then the subscribers do.");
    board.stop()?;
    publishers.into_iter().try_for_each(Actor::ends_well)?;
    readers.into_iter().try_for_each(Actor::ends_well)
}

fn report(board: Board) -> Result<()> {
    let columns = [
        ("SUBSCRIBER", Align::Left),
        ("READ", Align::Right),
        ("LOST", Align::Right),
        ("SUM", Align::Right),
    ];
    let mut table = style::table(&columns);
    let mut sums = Vec::new();
    for (index, name) in NAMES.into_iter().enumerate() {
        let (taken, lost) = (board.count(index, Field::Taken)?, board.count(index, Field::Lost)?);
        sums.push(taken + lost);
        let numbers = [taken, lost, taken + lost].map(|number| number.to_string());
        table.row([String::from(name)].into_iter().chain(numbers));
    }
    print!("{table}");
    claim("what was read and what was lost is the same sum for all who lived", {
        sums[..3].iter().all(|sum| *sum == sums[0])
    })?;
    let taken = board.sum(Field::Taken)?;
    claim(&format!("of {taken} messages none was torn"), board.sum(Field::Torn)? == 0)?;
    claim("each had one address in all processes", board.sum(Field::Elsewhere)? == 0)
}

fn nothing_is_left(name: &str, pools: &[String], before: u64) -> Result<()> {
    let gone = topic::info(name).err().and_then(|error| error.errno()) == Some(Errno::ENOENT);
    claim("the topic went with its last member", gone)?;
    let is_left = |pool: &String| region::exists(pool);
    let left = pools.iter().map(is_left).collect::<Result<Vec<bool>>>()?;
    let after = system::memory()?.user;
    claim(&format!("no pool is left, and {after} pages are in use, {before} before"), {
        !left.contains(&true) && after <= before + NOISE
    })
}
