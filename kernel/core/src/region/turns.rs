//! Turns of whole copies of a region's bytes: readers together, writers alone, in the order in
//! which they came.
//!
//! A copy takes longer than a spin lock may be held, so who has to wait sleeps. Who has the turn
//! sleeps for nothing but a card, so waits are short.

use crate::sched::WaitQueue;
use crate::sync::{Lock, Rank};
use abi::Errno;
use smallvec::SmallVec;

/// What a turn is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// To read: other readers may have theirs at the same time.
    Read,
    /// To change bytes or the length: nobody else has one.
    Write,
}

type Ticket = u64;

/// All who have a turn or wait for one, the first that came in front.
struct Line {
    next: Ticket,
    /// Mostly there is one, which needs no memory of its own.
    line: SmallVec<[(Ticket, Purpose); 2]>,
}

impl Line {
    const fn new() -> Self {
        Self { next: 0, line: SmallVec::new_const() }
    }

    /// Stands behind all others.
    fn enter(&mut self, purpose: Purpose) -> Result<Ticket, Errno> {
        self.line.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        self.next += 1;
        self.line.push((self.next, purpose));
        Ok(self.next)
    }

    /// Whether the ticket's turn has come: nobody stands before a writer, and no writer before a
    /// reader.
    fn may_go(&self, ticket: Ticket) -> bool {
        for (index, (other, purpose)) in self.line.iter().enumerate() {
            match (*other == ticket, purpose) {
                (true, Purpose::Read) => return true,
                (true, Purpose::Write) => return index == 0,
                (false, Purpose::Write) => return false,
                (false, Purpose::Read) => {}
            }
        }
        false
    }

    /// Steps out of the line; tells whether others stand in it.
    fn leave(&mut self, ticket: Ticket) -> bool {
        self.line.retain(|(other, _)| *other != ticket);
        if self.line.is_empty() {
            // What a storm has made it hold is given back.
            self.line.shrink_to_fit();
        }
        !self.line.is_empty()
    }
}

/// The turns of one region.
pub struct Turns {
    line: Lock<Line>,
    moved: WaitQueue,
}

/// A turn, until it is dropped.
pub struct Turn<'a> {
    turns: &'a Turns,
    ticket: Ticket,
}

impl Default for Turns {
    fn default() -> Self {
        Self::new()
    }
}

impl Turns {
    /// Nobody has one.
    pub const fn new() -> Self {
        Self { line: Lock::new(Rank::RegionTurns, Line::new()), moved: WaitQueue::new() }
    }

    /// Waits for a turn; called without locks held.
    pub fn take(&self, purpose: Purpose) -> Result<Turn<'_>, Errno> {
        let ticket = self.line.lock().enter(purpose)?;
        // Steps out of the line when it is dropped, also after a wait that was interrupted.
        let turn = Turn { turns: self, ticket };
        self.moved.wait_through(|| self.line.lock().may_go(ticket).then_some(()))?;
        Ok(turn)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let others = self.turns.line.lock().leave(self.ticket);
        if others {
            self.turns.moved.wake_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn readers_go_together_and_writers_alone_in_the_order_of_arrival() {
        let mut line = Line::new();
        let [first, second] = [Purpose::Read; 2].map(|purpose| line.enter(purpose).unwrap());
        let writer = line.enter(Purpose::Write).unwrap();
        let late = line.enter(Purpose::Read).unwrap();
        let last = line.enter(Purpose::Write).unwrap();
        let going = |line: &Line| {
            [first, second, writer, late, last].map(|ticket| u8::from(line.may_go(ticket)))
        };
        assert_eq!(going(&line), [1, 1, 0, 0, 0]);
        assert!(line.leave(first));
        assert_eq!(going(&line), [0, 1, 0, 0, 0]);
        assert!(line.leave(second));
        assert_eq!(going(&line), [0, 0, 1, 0, 0]);
        assert!(line.leave(writer));
        assert_eq!(going(&line), [0, 0, 0, 1, 0]);
        assert!(line.leave(late));
        assert_eq!(going(&line), [0, 0, 0, 0, 1]);
        assert!(!line.leave(last));
    }

    #[test]
    fn a_writer_that_gives_up_lets_the_readers_behind_it_go() {
        let mut line = Line::new();
        let reader = line.enter(Purpose::Read).unwrap();
        let writer = line.enter(Purpose::Write).unwrap();
        let behind = line.enter(Purpose::Read).unwrap();
        assert!(!line.may_go(behind));
        assert!(line.leave(writer));
        assert!(line.may_go(reader) && line.may_go(behind));
    }

    proptest! {
        #[test]
        fn whatever_comes_and_goes_somebody_may_go_and_no_writer_has_company(
            steps in prop::collection::vec((0_u8..3, any::<prop::sample::Index>()), 1..200),
        ) {
            let mut line = Line::new();
            let mut present: Vec<(Ticket, Purpose)> = Vec::new();
            for (step, index) in steps {
                match step {
                    0 => present.push((line.enter(Purpose::Read).unwrap(), Purpose::Read)),
                    1 => present.push((line.enter(Purpose::Write).unwrap(), Purpose::Write)),
                    _ if present.is_empty() => {}
                    _ => {
                        let gone = present.remove(index.index(present.len()));
                        prop_assert_eq!(line.leave(gone.0), !present.is_empty());
                    }
                }
                let going: Vec<_> =
                    present.iter().filter(|(ticket, _)| line.may_go(*ticket)).collect();
                let writers = going.iter().filter(|entry| entry.1 == Purpose::Write).count();
                prop_assert_eq!(going.is_empty(), present.is_empty());
                prop_assert!(writers == 0 || going.len() == 1);
                // Nobody goes before one that came earlier and still waits.
                let first_waiting = present.iter().find(|(ticket, _)| !line.may_go(*ticket));
                if let Some((waiting, _)) = first_waiting {
                    prop_assert!(going.iter().all(|(ticket, _)| ticket < waiting));
                }
            }
        }
    }
}
