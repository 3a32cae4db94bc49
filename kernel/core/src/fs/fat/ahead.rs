//! Which pages are read when one is wanted: those around it, and more the longer a file is walked
//! along.
//!
//! A card takes nearly as long for one page as for eight. Who wants the page behind those that were
//! read last walks along the file, and gets twice as many as before.

use core::ops::Range;

/// Pages that are read around one that is wanted.
pub const AROUND: usize = 8;
/// Pages that are read at a time, at most.
pub const MOST: usize = 64;

/// What was read of a file last.
pub struct ReadAhead {
    next: usize,
    pages: usize,
}

impl ReadAhead {
    /// Nothing.
    pub const fn new() -> Self {
        Self { next: 0, pages: AROUND / 2 }
    }

    /// The page behind those that were read last: for who walks along the file, all others are older.
    pub const fn end(&self) -> usize {
        self.next
    }

    /// The pages to read for one that is wanted, of a file with so many pages.
    pub fn window(&mut self, wanted: usize, file: usize) -> Range<usize> {
        let start = if wanted == self.next {
            self.pages = (self.pages * 2).min(MOST);
            wanted
        } else {
            self.pages = AROUND;
            wanted - wanted % AROUND
        };
        let end = (start + self.pages).min(file);
        self.next = end;
        start..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_walks_along_a_file_gets_more_each_time_up_to_the_most() {
        let mut ahead = ReadAhead::new();
        let mut next = 0;
        let mut counts = Vec::new();
        while next < 300 {
            let window = ahead.window(next, 300);
            assert_eq!(window.start, next);
            counts.push(window.len());
            next = window.end;
        }
        assert_eq!(counts, [8, 16, 32, 64, 64, 64, 52]);
    }

    #[test]
    fn who_jumps_gets_what_is_around() {
        let mut ahead = ReadAhead::new();
        assert_eq!(ahead.window(1003, 5000), 1000..1008);
        assert_eq!(ahead.window(77, 5000), 72..80);
        assert_eq!(ahead.window(80, 5000), 80..96);
        assert_eq!(ahead.window(4999, 5000), 4992..5000);
    }
}
