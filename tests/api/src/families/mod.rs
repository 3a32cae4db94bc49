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
    Offer,
    /// `shm_open` and `ftruncate`.
    Posix,
    /// A process's message pool.
    Topic,
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
const ONE_WRITER: Outcome = Outcome::Fails(Errno::EBUSY);
const NOT_GIVEN: Outcome = Outcome::Fails(Errno::EACCES);

/// Made by, used through, the outcomes of all verbs, and what becomes of the name.
type Cell = (Maker, Family, [Outcome; 5], Name);

const CELLS: [Cell; 17] = [
    (Maker::MappingObject, Family::MappingObjects, [OK, OK, OK, OK, OK], Name::Gone),
    (Maker::MappingObject, Family::Offers, [OK, OK, OK, OK, OK], Name::Gone),
    (Maker::MappingObject, Family::Posix, [OK, OK, OK, OK, OK], Name::Gone),
    // Any region is no pool: that has one address and a single writer.
    (Maker::MappingObject, Family::Topics, [NO_POOL; 5], Name::Gone),
    (Maker::PoolLike, Family::Topics, [OK, OK, FAULT, OK, OK], Name::Gone),
    // Pages that were offered have no name to open them by, and no handle; views are views.
    (Maker::Offer, Family::MappingObjects, [NO_NAME, NO_HANDLE, NO_HANDLE, OK, OK], Name::Gone),
    (Maker::Offer, Family::Offers, [OK, OK, OK, OK, OK], Name::Gone),
    (Maker::Offer, Family::Posix, [NO_NAME, OK, OK, OK, OK], Name::Gone),
    (Maker::Offer, Family::Topics, [NO_HANDLE; 5], Name::Gone),
    // The name stays until it is unlinked, which only POSIX's family does.
    (Maker::Posix, Family::MappingObjects, [OK, OK, OK, OK, OK], Name::Stays),
    (Maker::Posix, Family::Offers, [OK, OK, OK, OK, OK], Name::Stays),
    (Maker::Posix, Family::Posix, [OK, OK, OK, OK, OK], Name::Gone),
    (Maker::Posix, Family::Topics, [NO_POOL; 5], Name::Stays),
    // Its process alone writes to a pool.
    (Maker::Topic, Family::MappingObjects, [OK, OK, ONE_WRITER, OK, OK], Name::Gone),
    (Maker::Topic, Family::Offers, [OK, OK, NOT_GIVEN, OK, OK], Name::Gone),
    (Maker::Topic, Family::Posix, [OK, OK, ONE_WRITER, OK, OK], Name::Gone),
    (Maker::Topic, Family::Topics, [OK, OK, FAULT, OK, OK], Name::Gone),
];

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

fn try_cell(checks: &mut Checks, (maker, family, wanted, fate): Cell) {
    let Some(board) = checks.value("a board", Board::new()) else { return };
    let made = children::start(|| makers::play(maker, family, &board));
    let label = |what: &str| format!("{maker:?} through {family:?}: {what}");
    checks.equal(&label("the maker keeps what is his"), children::end(made), GOOD);
    for (verb, wanted) in Verb::ALL.into_iter().zip(wanted) {
        checks.equal(&label(&format!("{verb:?}")), board.outcome(verb), wanted);
    }
    let name = board.name();
    let stays = !name.is_empty() && region::exists(&name) == Ok(true);
    let found = if stays { Name::Stays } else { Name::Gone };
    checks.equal(&label("its name in the end"), found, fate);
    if stays {
        checks.equal(&label("is removed"), region::unlink(&name), Ok(()));
    }
}
