//! The four families against each other: a region made by each is opened, read, written, shared and
//! retired through each.
//!
//! For each cell of the matrix three processes that are no relatives as far as the region goes: a
//! maker, a user, and a third one that the user shares it with. What does not work fails with the
//! error that docs/families.md has.

mod board;
mod makers;
mod programs;
mod users;

use crate::check::Checks;
use crate::children::{self, GOOD};
use Family::{MappingObjects, Offers, Posix, Topics};
use Maker::{MappingObject, Pages, Pool, PoolLike, PosixObject};
use Name::{Gone, Stays};
use abi::Errno;
use abi::signal::Signal;
use alloc::format;
use board::{Board, Outcome};
use user::region;

/// A family of calls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Family {
    MappingObjects,
    Offers,
    Posix,
    Topics,
}

/// How a region was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Maker {
    /// `CreateRegion`.
    MappingObject,
    /// `CreateRegion`, with one address and a single writer.
    PoolLike,
    /// Private pages that are offered.
    Pages,
    /// `shm_open` and `ftruncate`.
    PosixObject,
    /// A process's message pool.
    Pool,
}

/// What somebody does with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verb {
    /// Gets at it.
    Open,
    /// Sees what the maker has written.
    Read,
    /// Writes, and the maker sees it.
    Write,
    /// Has a third process see it.
    Share,
    /// Gives it up; the maker still has it.
    Retire,
}

impl Verb {
    const ALL: [Self; 5] = [Self::Open, Self::Read, Self::Write, Self::Share, Self::Retire];
}

/// Whether there is a name when all three have ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Name {
    Gone,
    Stays,
}

const OK: Outcome = Outcome::Works;
const FAULT: Outcome = Outcome::Ends(Signal::SEGV);
const NO_NAME: Outcome = Outcome::Fails(Errno::ENOENT);
const NO_HANDLE: Outcome = Outcome::Fails(Errno::EBADF);
const NO_POOL: Outcome = Outcome::Fails(Errno::EINVAL);
const HAS_WRITER: Outcome = Outcome::Fails(Errno::EBUSY);
const NOT_HIS: Outcome = Outcome::Fails(Errno::EACCES);
/// The verbs in order: open, read, write, share, retire.
const ALL: [Outcome; 5] = [OK; 5];
const READ_ONLY: [Outcome; 5] = [OK, OK, FAULT, OK, OK];
const VIEW_ONLY: [Outcome; 5] = [NO_NAME, NO_HANDLE, NO_HANDLE, OK, OK];
const ONE_WRITER: [Outcome; 5] = [OK, OK, HAS_WRITER, OK, OK];
const NOT_GRANTED: [Outcome; 5] = [OK, OK, NOT_HIS, OK, OK];

/// What the cell is, made by, used through, what comes of all verbs, and what becomes of the name.
type Cell = (&'static str, Maker, Family, [Outcome; 5], Name);

const CELLS: [Cell; 17] = [
    cell("a mapping object through its own family", MappingObject, MappingObjects, ALL, Gone),
    cell("a mapping object through offers", MappingObject, Offers, ALL, Gone),
    cell("a mapping object through POSIX", MappingObject, Posix, ALL, Gone),
    // Not any region is a pool: that has one address and a single writer.
    cell("a mapping object through topics", MappingObject, Topics, [NO_POOL; 5], Gone),
    cell("a mapping object like a pool through topics", PoolLike, Topics, READ_ONLY, Gone),
    // Pages that were offered have no name to open them by, and no handle; views are views.
    cell("pages through mapping objects", Pages, MappingObjects, VIEW_ONLY, Gone),
    cell("pages through their own family", Pages, Offers, ALL, Gone),
    cell("pages through POSIX", Pages, Posix, [NO_NAME, OK, OK, OK, OK], Gone),
    cell("pages through topics", Pages, Topics, [NO_HANDLE; 5], Gone),
    // The name stays until it is unlinked, which only POSIX's family does.
    cell("POSIX's object through mapping objects", PosixObject, MappingObjects, ALL, Stays),
    cell("POSIX's object through offers", PosixObject, Offers, ALL, Stays),
    cell("POSIX's object through its own family", PosixObject, Posix, ALL, Gone),
    cell("POSIX's object through topics", PosixObject, Topics, [NO_POOL; 5], Stays),
    // Its process alone writes to a pool.
    cell("a pool through mapping objects", Pool, MappingObjects, ONE_WRITER, Gone),
    cell("a pool through offers", Pool, Offers, NOT_GRANTED, Gone),
    cell("a pool through POSIX", Pool, Posix, ONE_WRITER, Gone),
    cell("a pool through its own family", Pool, Topics, READ_ONLY, Gone),
];

const fn cell(
    name: &'static str,
    maker: Maker,
    family: Family,
    outcomes: [Outcome; 5],
    fate: Name,
) -> Cell {
    (name, maker, family, outcomes, fate)
}

/// The name of what mapping objects and POSIX make.
pub const NAME: &str = "/families";

/// The checks.
pub fn run(checks: &mut Checks) {
    let _ = region::unlink(NAME);
    for cell in CELLS {
        try_cell(checks, cell);
    }
    programs::run(checks);
}

fn try_cell(checks: &mut Checks, (name, maker, family, wanted, fate): Cell) {
    let Some(board) = checks.value("a board", Board::new()) else { return };
    let made = children::start(|| makers::play(maker, family, &board));
    let keeps = children::end(made);
    checks.equal(name, Verb::ALL.map(|verb| board.outcome(verb)), wanted);
    checks.equal(&format!("{name}: the maker keeps it"), keeps, GOOD);
    let called = board.name();
    let stays = !called.is_empty() && region::exists(&called) == Ok(true);
    checks.equal(&format!("{name}: the name"), if stays { Stays } else { Gone }, fate);
    if stays {
        checks.equal(&format!("{name}: it is removed"), region::unlink(&called), Ok(()));
    }
}
