//! What is taken away is gone when the call returns, on every core: shrink, unmap, mprotect, and
//! growth beside them.
//!
//! Readers are processes that load from a region in a loop, and so keep its translations in the
//! buffers of other cores. Each looks at a word before it loads: a load that begins after the word
//! says that the call has returned must fault, or find what is new.

use crate::os::{ANONYMOUS, PAGE, READ_WRITE};
use crate::{Checks, frames, os, touch};
use abi::file::OpenFlags;
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::signal::Signal;
use abi::{Errno, Sysno};
use core::ffi::CStr;

const NAME: &CStr = c"/dev/shm/guest-exactness";
const READERS: usize = 3;
const PAGES: u64 = 8;
const ROUNDS: u64 = 100;
/// What memory is filled with that the readers must never see.
const POISON: u64 = 0xDEAD_BEEF_DEAD_BEEF;

/// The words that all share.
struct Words(u64);

impl Words {
    /// Whether the call has returned.
    fn done(&self) -> u64 {
        self.0
    }

    /// How many readers have begun.
    fn begun(&self) -> u64 {
        self.0 + 64
    }

    /// How many loads have found what they should not.
    fn wrong(&self) -> u64 {
        self.0 + 128
    }

    fn clear(&self) {
        [self.done(), self.begun(), self.wrong()].iter().for_each(|word| touch::store(*word, 0));
    }

    /// Starts readers that load until `look` ends them, and waits until all are at it.
    fn start_readers(&self, look: impl Fn(bool) -> Option<i32>) -> [os::Answer; READERS] {
        let children = [(); READERS].map(|()| {
            os::start_child(|| {
                os::silence();
                let mut has_begun = false;
                loop {
                    let is_done = touch::load_word(self.done()) == 1;
                    if let Some(status) = look(is_done) {
                        return status;
                    }
                    if !has_begun {
                        touch::add(self.begun(), 1);
                        has_begun = true;
                    }
                }
            })
        });
        os::until(20 * os::SECOND, || touch::load(self.begun()) == READERS as u64);
        children
    }
}

/// Whether all children end like this.
fn all_end(children: [os::Answer; READERS], wanted: ExitStatus) -> bool {
    let patience = 20 * os::SECOND;
    let statuses = children.map(|child| child.and_then(|child| os::wait_or_kill(child, patience)));
    statuses.iter().all(|status| *status == Ok(wanted))
}

/// Runs rounds until one fails; gives the number of good ones.
fn good_rounds(mut round: impl FnMut(u64) -> bool) -> u64 {
    (1..=ROUNDS).take_while(|number| round(*number)).count() as u64
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let words = Words(os::map(PAGE, os::COMMON));
    let region = checks.value("a region", os::create(NAME, 0o600));
    shrinking(checks, &words, region);
    growing(checks, &words, region);
    replacing(checks, region);
    protecting(checks, region);
    frames::unchanged(checks, "readers that fault leak nothing", || {
        shrink_under(&words, region, 7, 0);
        shrink_under(&words, region, 7, 3);
    });
    os::ignore(os::close(region).and(os::unlink(NAME)));
    os::ignore(os::unmap(words.0, PAGE));
}

/// Readers of the last page die by SIGBUS; none loads after the call, none sees what the frames
/// hold next. A view that begins late in its unit has entries of its own, others are linked.
fn shrink_under(words: &Words, region: i32, value: u64, first: u64) -> bool {
    words.clear();
    os::ignore(os::set_length(region, PAGES * PAGE));
    let bytes = (PAGES - first) * PAGE;
    let Ok(view) = os::map_at(0, bytes, READ_WRITE, MapFlags::SHARED, (region, first * PAGE))
    else {
        return false;
    };
    let last = view + bytes - PAGE;
    touch::store(last, value);
    let readers = words.start_readers(|is_done| {
        let seen = touch::load(last);
        if is_done || seen != value {
            touch::add(words.wrong(), 1);
            return Some(1);
        }
        None
    });
    let shrunk = os::set_length(region, PAGE);
    touch::store_word(words.done(), 1);
    let reuse = os::map(PAGES * PAGE, ANONYMOUS);
    (0..PAGES).for_each(|page| touch::store(reuse + page * PAGE, POISON));
    let died = all_end(readers, ExitStatus::Signalled(Signal::BUS as u8));
    os::ignore(os::unmap(reuse, PAGES * PAGE).and(os::unmap(view, bytes)));
    died && shrunk.is_ok() && touch::load(words.wrong()) == 0
}

fn shrinking(checks: &mut Checks, words: &Words, region: i32) {
    let good = good_rounds(|round| shrink_under(words, region, round, 0));
    checks.equal("after a shrink no core sees a linked page", good, ROUNDS);
    let good = good_rounds(|round| shrink_under(words, region, round, 3));
    checks.equal("after a shrink no core sees a page of a part", good, ROUNDS);
}

/// What a region grows by is there for everybody at once, zeroed, or as the owner has stored it.
fn growing(checks: &mut Checks, words: &Words, region: i32) {
    let good = good_rounds(|round| {
        words.clear();
        os::ignore(os::set_length(region, PAGE));
        let Ok(view) = os::map_file(region, PAGES * PAGE, READ_WRITE, MapFlags::SHARED) else {
            return false;
        };
        let last = view + (PAGES - 1) * PAGE;
        let readers = words.start_readers(|is_done| {
            touch::probe(view);
            is_done.then(|| i32::from(touch::load(last) != round || touch::load(last - PAGE) != 0))
        });
        os::ignore(os::set_length(region, PAGES * PAGE));
        touch::store(last, round);
        touch::store_word(words.done(), 1);
        let saw = all_end(readers, ExitStatus::Exited(0));
        os::ignore(os::unmap(view, PAGES * PAGE));
        saw
    });
    checks.equal("after a growth every core sees it", good, ROUNDS);
}

/// The owner itself wanders between the cores: what it maps in the place of something else is what
/// it sees on each. Others that read the old mapping go on.
fn replacing(checks: &mut Checks, region: i32) {
    os::ignore(os::set_length(region, PAGES * PAGE));
    let place = os::map(PAGES * PAGE, os::COMMON);
    let words = Words(os::map(PAGE, os::COMMON));
    touch::store(place, POISON);
    let readers = words.start_readers(|is_done| {
        let seen = touch::load(place);
        (is_done || seen != POISON).then(|| i32::from(seen != POISON))
    });
    let fixed = MapFlags::SHARED | MapFlags::FIXED;
    let good = good_rounds(|round| {
        let mapped = os::map_at(place, PAGE, READ_WRITE, fixed, (region, round % PAGES * PAGE));
        touch::store(place, round);
        os::yield_core();
        let own = touch::load(place) == round;
        os::ignore(os::unmap(place, PAGE));
        // The kernel reads for the program, by the program's own translations.
        let gone = is_readable(place) == Err(Errno::EFAULT);
        let anonymous = MapFlags::FIXED | ANONYMOUS;
        os::ignore(os::map_at(place, PAGE, READ_WRITE, anonymous, (-1, 0)));
        os::yield_core();
        mapped == Ok(place) && own && gone && touch::load(place) == 0
    });
    touch::store_word(words.done(), 1);
    checks.equal("what is unmapped is gone and what is mapped is there", good, ROUNDS);
    let went_on = all_end(readers, ExitStatus::Exited(0));
    checks.that("those who share the old mapping keep it", went_on);
    os::ignore(os::unmap(place, PAGES * PAGE).and(os::unmap(words.0, PAGE)));
}

/// Whether the kernel can read at an address for the program.
fn is_readable(address: u64) -> os::Answer {
    let ends = os::pipe(OpenFlags::empty())?;
    let answer = os::call(Sysno::Write, [os::fd(ends[1]), address, 8]);
    os::close_all(ends);
    answer
}

/// Whether the kernel can write at an address for the program.
fn is_writable(address: u64) -> os::Answer {
    let ends = os::pipe(OpenFlags::empty())?;
    os::ignore(os::write(ends[1], b"12345678"));
    let answer = os::call(Sysno::Read, [os::fd(ends[0]), address, 8]);
    os::close_all(ends);
    answer
}

/// Rights that are taken away are gone at once, wherever the owner runs; readers of the same pages
/// keep theirs.
fn protecting(checks: &mut Checks, region: i32) {
    let words = Words(os::map(PAGE, os::COMMON));
    let view = os::map_file(region, PAGES * PAGE, READ_WRITE, MapFlags::SHARED);
    let view = checks.value("a view", view);
    touch::store(view, 5);
    let readers = words.start_readers(|is_done| {
        let seen = touch::load(view);
        touch::store(view + 8, seen);
        is_done.then_some(0)
    });
    let good = good_rounds(|round| {
        let page = view + round % PAGES * PAGE;
        touch::store(page + 16, round);
        let denied = Err(Errno::EFAULT);
        os::ignore(os::protect(page, PAGE, Protection::READ));
        os::yield_core();
        let reads = touch::load(page + 16) == round && is_writable(page + 24) == denied;
        os::ignore(os::protect(page, PAGE, Protection::empty()));
        os::yield_core();
        let closed = is_readable(page) == denied;
        os::ignore(os::protect(page, PAGE, READ_WRITE));
        reads && closed && touch::load(page + 16) == round
    });
    touch::store_word(words.done(), 1);
    checks.equal("rights that are taken are gone", good, ROUNDS);
    checks.that("others keep theirs", all_end(readers, ExitStatus::Exited(0)));
    os::ignore(os::unmap(view, PAGES * PAGE).and(os::unmap(words.0, PAGE)));
}
