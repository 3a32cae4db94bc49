//! Sizes and times as people write them.

use core::fmt;
use core::time::Duration;

/// What a page holds.
const PAGE_BYTES: u64 = abi::limits::PAGE_SIZE as u64;

/// Reads a size: digits, then perhaps K, M or G (powers of 1024), then perhaps B or iB; or 0x and
/// hexadecimal digits.
pub fn parse_size(text: &str) -> Option<u64> {
    if let Some(digits) = text.strip_prefix("0x") {
        // The standard library would take a sign.
        let digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digits)?;
        return u64::from_str_radix(digits, 16).ok();
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let shift = match unit {
        "" | "B" => 0,
        "K" | "k" | "KB" | "KiB" => 10,
        "M" | "m" | "MB" | "MiB" => 20,
        "G" | "g" | "GB" | "GiB" => 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// Reads an amount of pages: a bare number of them, or a size with a unit, rounded up.
pub fn parse_pages(text: &str) -> Option<u64> {
    match text.parse() {
        Ok(_) if text.starts_with('+') => None,
        Ok(pages) => Some(pages),
        Err(_) => parse_size(text).map(|bytes| bytes.div_ceil(PAGE_BYTES)),
    }
}

/// Reads seconds with an optional fraction, like `0.25`.
pub fn parse_seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let seconds = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    // Digits beyond nanoseconds make no difference.
    let nanoseconds = fraction
        .bytes()
        .chain(core::iter::repeat(b'0'))
        .take(9)
        .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    Some(Duration::new(seconds, nanoseconds))
}

/// A size that displays with a unit: exact below 1 KiB and for whole units, else with one decimal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(30, 'G'), (20, 'M'), (10, 'K')];
        let Some((shift, unit)) = units.into_iter().find(|(shift, _)| self.0 >> shift != 0) else {
            return write!(formatter, "{}", self.0);
        };
        let whole = self.0 >> shift;
        let tenths = ((self.0 & ((1 << shift) - 1)) * 10) >> shift;
        if tenths == 0 {
            write!(formatter, "{whole}{unit}")
        } else {
            write!(formatter, "{whole}.{tenths}{unit}")
        }
    }
}

/// A user or a group of users, by number, that displays as people call it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Owner(pub u32);

impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => formatter.pad("root"),
            number => number.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn sizes_have_units_of_powers_of_1024() {
        assert_eq!(parse_size("0"), Some(0));
        assert_eq!(parse_size("64K"), Some(65536));
        assert_eq!(parse_size("3MiB"), Some(3 << 20));
        assert_eq!(parse_size("1g"), Some(1 << 30));
        assert_eq!(parse_size("4096B"), Some(4096));
        assert_eq!(parse_size("0x1F"), Some(31));
    }

    #[test]
    fn a_bare_number_is_pages_and_a_size_is_rounded_up_to_them() {
        assert_eq!(parse_pages("10"), Some(10));
        assert_eq!(parse_pages("0"), Some(0));
        assert_eq!(parse_pages("4097B"), Some(2));
        assert_eq!(parse_pages("1M"), Some(256));
        for text in ["", "+1", "-1", "ten", "99999999999999999999"] {
            assert_eq!(parse_pages(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in [
            "",
            "K",
            "-1",
            "+1",
            "1.5K",
            "64 K",
            "64X",
            "99999999999999999999",
            "20000000000G",
            "0x",
            "0x+1",
            "0xG",
        ] {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }

    #[test]
    fn seconds_may_have_a_fraction() {
        assert_eq!(parse_seconds("2"), Some(Duration::from_secs(2)));
        assert_eq!(parse_seconds("0.25"), Some(Duration::from_millis(250)));
        assert_eq!(parse_seconds(".5"), Some(Duration::from_millis(500)));
        assert_eq!(parse_seconds("1."), Some(Duration::from_secs(1)));
        assert_eq!(parse_seconds("0.0000000019"), Some(Duration::from_nanos(1)));
        for text in ["", ".", "-1", "1s", "1e3", "+1"] {
            assert_eq!(parse_seconds(text), None, "{text}");
        }
    }

    #[test]
    fn user_0_is_root() {
        assert_eq!(Owner(0).to_string(), "root");
        assert_eq!(Owner(1000).to_string(), "1000");
    }

    #[test]
    fn a_size_displays_in_its_greatest_unit() {
        assert_eq!(Size(1023).to_string(), "1023");
        assert_eq!(Size(65536).to_string(), "64K");
        assert_eq!(Size(1536).to_string(), "1.5K");
        assert_eq!(Size(948 << 20).to_string(), "948M");
        assert_eq!(Size(3 << 30).to_string(), "3G");
    }
}
