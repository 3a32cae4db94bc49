//! Several parts of a program's memory that one call copies from or to, one after the other.

use abi::Errno;
use alloc::vec::Vec;
use arch::addr::VirtAddr;
use core::ops::Range;

/// What is left of the parts of a vector.
pub struct Vector {
    parts: Vec<(VirtAddr, usize)>,
    place: Place,
}

/// How far the copies of a vector have come.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The part that is copied from or to next.
    index: usize,
    /// How much of it is done.
    done: usize,
    remaining: usize,
}

impl Vector {
    /// The parts, in their order; those of no bytes are left out.
    pub fn new(mut parts: Vec<(VirtAddr, usize)>) -> Self {
        parts.retain(|(_, length)| *length > 0);
        let remaining = parts.iter().map(|(_, length)| length).sum();
        Self { parts, place: Place { index: 0, done: 0, remaining } }
    }

    /// Bytes in all parts together.
    pub const fn remaining(&self) -> usize {
        self.place.remaining
    }

    /// What is left of the part that comes next.
    pub fn first(&self) -> (VirtAddr, usize) {
        let (address, length) =
            self.parts.get(self.place.index).copied().unwrap_or((VirtAddr::new(0), 0));
        (address.add(self.place.done), length - self.place.done)
    }

    /// How far it has come.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// Goes back to where it was.
    pub const fn go_back(&mut self, place: Place) {
        self.place = place;
    }

    /// Hands `length` bytes to `copy` part by part, with the range of them that a part takes.
    ///
    /// An error in the first part is told; after that it ends the copy, and returned is what was
    /// copied before it.
    pub fn each(
        &mut self,
        length: usize,
        mut copy: impl FnMut(VirtAddr, Range<usize>) -> Result<(), Errno>,
    ) -> Result<usize, Errno> {
        let mut done = 0;
        while done < length {
            let (address, room) = self.first();
            let count = room.min(length - done);
            match copy(address, done..done + count) {
                Ok(()) => self.advance(count),
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            }
            done += count;
        }
        Ok(done)
    }

    /// Leaves the first `length` bytes only.
    pub fn cut(&mut self, length: usize) {
        let length = length.min(self.place.remaining);
        let mut left = length + self.place.done;
        for (_, part) in &mut self.parts[self.place.index..] {
            *part = left.min(*part);
            left -= *part;
        }
        let kept = self.parts.iter().rposition(|(_, part)| *part > 0).map_or(0, |last| last + 1);
        self.parts.truncate(kept);
        self.place.remaining = length;
    }

    /// Goes on by bytes of the part that comes next.
    pub fn advance(&mut self, count: usize) {
        let place = &mut self.place;
        place.remaining -= count;
        place.done += count;
        if self.parts.get(place.index).is_some_and(|(_, length)| *length == place.done) {
            place.index += 1;
            place.done = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector() -> Vector {
        let part = |address, length| (VirtAddr::new(address), length);
        Vector::new(vec![part(100, 3), part(0, 0), part(200, 4)])
    }

    #[test]
    fn parts_are_filled_one_after_the_other_and_may_be_cut_anywhere() {
        let (mut vector, mut seen) = (vector(), Vec::new());
        for length in [2, 3, 2] {
            let copied = vector.each(length, |address, range| {
                seen.push((address.value(), range));
                Ok(())
            });
            assert_eq!(copied, Ok(length));
        }
        assert_eq!(seen, [(100, 0..2), (102, 0..1), (200, 1..3), (202, 0..2)]);
        assert_eq!((vector.remaining(), vector.first().1), (0, 0));
    }

    #[test]
    fn a_vector_goes_back_to_where_it_was() {
        let mut vector = vector();
        vector.advance(2);
        let place = vector.place();
        vector.advance(1);
        vector.advance(4);
        vector.go_back(place);
        assert_eq!((vector.remaining(), vector.first()), (5, (VirtAddr::new(102), 1)));
    }

    #[test]
    fn a_vector_that_is_cut_ends_there_wherever_it_was() {
        let mut vector = vector();
        vector.advance(2);
        vector.cut(3);
        assert_eq!((vector.remaining(), vector.first()), (3, (VirtAddr::new(102), 1)));
        vector.advance(1);
        assert_eq!((vector.remaining(), vector.first()), (2, (VirtAddr::new(200), 2)));
        vector.cut(0);
        assert_eq!((vector.remaining(), vector.first().1), (0, 0));
    }

    #[test]
    fn a_fault_behind_the_first_part_cuts_the_copy_and_one_in_it_is_told() {
        let mut vector = vector();
        let good_below = |limit| {
            move |address: VirtAddr, _| {
                if address.value() < limit { Ok(()) } else { Err(Errno::EFAULT) }
            }
        };
        assert_eq!(vector.each(7, good_below(150)), Ok(3));
        assert_eq!(vector.each(4, good_below(150)), Err(Errno::EFAULT));
        assert_eq!(vector.remaining(), 4);
    }
}
