//! Conversion between units of time by one multiplication, for counters of any frequency.

/// A factor between two frequencies as a fixed-point number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    multiplier: u64,
    shift: u32,
}

impl Rate {
    /// From units of 1/`from_hz` s to units of 1/`to_hz` s, rounded down, as exact as 64 bits allow.
    ///
    /// `None` if a frequency is 0.
    pub const fn new(from_hz: u64, to_hz: u64) -> Option<Self> {
        if from_hz == 0 || to_hz == 0 {
            return None;
        }
        let mut shift = 64;
        loop {
            let multiplier = ((to_hz as u128) << shift) / from_hz as u128;
            if multiplier <= u64::MAX as u128 {
                return Some(Self { multiplier: multiplier as u64, shift });
            }
            shift -= 1;
        }
    }

    /// From the parts that [`Self::multiplier`] and [`Self::shift`] gave.
    pub const fn from_parts(multiplier: u64, shift: u32) -> Self {
        Self { multiplier, shift }
    }

    /// The factor, times two to the power of the shift.
    pub const fn multiplier(self) -> u64 {
        self.multiplier
    }

    /// The shift: at most 64.
    pub const fn shift(self) -> u32 {
        self.shift
    }

    /// Converts, rounding down.
    #[inline]
    pub const fn convert(self, value: u64) -> u64 {
        ((value as u128 * self.multiplier as u128) >> self.shift) as u64
    }
}

/// Spreads the few bits in which two readings of a counter differ over a word (SplitMix64).
pub const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NANOSECONDS: u64 = 1_000_000_000;
    const BOARDS: [u64; 3] = [19_200_000, 54_000_000, 62_500_000];
    const CENTURY: u64 = 100 * 365 * 86_400 * NANOSECONDS;

    #[test]
    fn a_second_of_ticks_is_a_second_on_every_board() {
        for hz in BOARDS {
            let rate = Rate::new(hz, NANOSECONDS).expect("not 0");
            assert!(NANOSECONDS - rate.convert(hz) <= 1);
        }
        let qemu = Rate::new(62_500_000, NANOSECONDS).expect("not 0");
        assert_eq!(qemu.convert(1), 16);
    }

    #[test]
    fn a_year_is_off_by_less_than_a_microsecond() {
        let seconds = 365 * 86_400;
        for hz in BOARDS {
            let rate = Rate::new(hz, NANOSECONDS).expect("not 0");
            assert!(seconds * NANOSECONDS - rate.convert(seconds * hz) < 1000);
        }
    }

    #[test]
    fn a_frequency_of_zero_has_no_rate() {
        assert_eq!(Rate::new(0, NANOSECONDS), None);
        assert_eq!(Rate::new(NANOSECONDS, 0), None);
    }

    proptest! {
        #[test]
        fn time_never_goes_backwards(ticks in 0..u64::MAX / 64, hz in 1_000_000..1_000_000_000_u64) {
            let rate = Rate::new(hz, NANOSECONDS).expect("not 0");
            prop_assert!(rate.convert(ticks) <= rate.convert(ticks + 1));
        }

        #[test]
        fn a_deadline_in_ticks_rounded_up_by_one_is_never_early(
            deadline in 0..CENTURY, hz in 1_000_000..1_000_000_000_u64,
        ) {
            let to_ticks = Rate::new(NANOSECONDS, hz).expect("not 0");
            let to_nanoseconds = Rate::new(hz, NANOSECONDS).expect("not 0");
            // Two ticks: one for each rounding.
            prop_assert!(to_nanoseconds.convert(to_ticks.convert(deadline) + 2) >= deadline);
        }
    }
}
