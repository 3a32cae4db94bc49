//! Which number the next process gets.

use super::table::INIT;

/// Numbers are given out up to here before the first is used again.
const PID_MAX: u32 = 4_194_304;

/// Numbers in the order in which they are given out.
pub struct Numbers {
    next: u32,
    have_come_around: bool,
}

impl Numbers {
    /// None has been given out; the first is init's.
    pub const fn new() -> Self {
        Self { next: INIT, have_come_around: false }
    }

    /// The next number that is not in use.
    ///
    /// Until they have come around none can be, so nobody is asked.
    pub fn take(&mut self, is_used: impl Fn(u32) -> bool) -> u32 {
        loop {
            let number = self.next;
            let is_fresh = !self.have_come_around;
            if number == PID_MAX {
                self.next = INIT + 1;
                self.have_come_around = true;
            } else {
                self.next = number + 1;
            }
            if is_fresh || !is_used(number) {
                return number;
            }
        }
    }
}

#[cfg(test)]
impl Numbers {
    /// All but the last `left` numbers have been given out for the first time.
    pub fn before_coming_around(left: u32) -> Self {
        Self { next: PID_MAX + 1 - left, have_come_around: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_from_that_of_init() {
        let mut numbers = Numbers::new();
        assert_eq!([(); 3].map(|()| numbers.take(|_| true)), [1, 2, 3]);
    }

    #[test]
    fn numbers_that_come_around_leave_out_those_in_use() {
        let mut numbers = Numbers::before_coming_around(2);
        let used = |number| [2, 3, 5, 1000].contains(&number);
        let found = [(); 5].map(|()| numbers.take(used));
        assert_eq!(found, [PID_MAX - 1, PID_MAX, 4, 6, 7]);
        numbers.next = 1000;
        assert_eq!(numbers.take(used), 1001);
    }
}
