//! The order of lines, as `sort` has it: by all of a line or some of its fields, by bytes or numbers.

use core::cmp::Ordering;

/// How lines are compared.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Order {
    /// By the number at the beginning, and not by bytes.
    pub is_numeric: bool,
    /// The greatest first.
    pub is_reversed: bool,
    /// Capital and small letters of ASCII are the same.
    pub folds_case: bool,
    /// The first and the last field that count, from 1; all of the line otherwise.
    pub fields: Option<(usize, Option<usize>)>,
    /// What separates fields; blanks otherwise.
    pub separator: Option<u8>,
}

impl Order {
    /// Whether lines are the same as far as they count.
    pub fn is_same(&self, one: &[u8], other: &[u8]) -> bool {
        self.compare_keys(one, other) == Ordering::Equal
    }

    /// Which of two lines comes first; lines that are the same as far as they count go by their bytes.
    pub fn compare(&self, one: &[u8], other: &[u8]) -> Ordering {
        let by_bytes = || self.directed(one.cmp(other));
        self.compare_keys(one, other).then_with(by_bytes)
    }

    fn compare_keys(&self, one: &[u8], other: &[u8]) -> Ordering {
        let (one, other) = (self.key(one), self.key(other));
        let order = if self.is_numeric {
            Number::at_the_beginning_of(one).compare(&Number::at_the_beginning_of(other))
        } else if self.folds_case {
            let folded = |key: &[u8]| key.to_ascii_lowercase();
            folded(one).cmp(&folded(other))
        } else {
            one.cmp(other)
        };
        self.directed(order)
    }

    const fn directed(&self, order: Ordering) -> Ordering {
        if self.is_reversed { order.reverse() } else { order }
    }

    fn key<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        let Some((first, last)) = self.fields else { return line };
        let start = self.end_of_fields(line, first - 1, Edge::Start);
        let end = last.map_or(line.len(), |last| self.end_of_fields(line, last, Edge::End));
        line.get(start..end).unwrap_or_default()
    }

    /// Where so many fields end: behind what separates them from the next one, or before it.
    fn end_of_fields(&self, line: &[u8], fields: usize, edge: Edge) -> usize {
        let mut at = 0;
        for field in 0..fields {
            if self.separator.is_none() {
                // Blanks belong to the field behind them.
                at += line[at..].iter().take_while(|byte| is_blank(**byte)).count();
            }
            let is_end = |byte: &u8| match self.separator {
                Some(separator) => *byte == separator,
                None => is_blank(*byte),
            };
            at += line[at..].iter().position(is_end).unwrap_or(line.len() - at);
            let is_last = field + 1 == fields;
            if self.separator.is_some() && at < line.len() && (!is_last || edge == Edge::Start) {
                at += 1;
            }
        }
        at
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Edge {
    Start,
    End,
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// A decimal number of any length, by its digits.
struct Number<'a> {
    is_negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
}

impl<'a> Number<'a> {
    /// 0 if there is none.
    fn at_the_beginning_of(text: &'a [u8]) -> Self {
        let text = text.trim_ascii_start();
        let (is_negative, text) = match text.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (whole, rest) = text.split_at(digits(text));
        let fraction = rest.strip_prefix(b".").map_or(&rest[..0], |rest| &rest[..digits(rest)]);
        let leading = whole.iter().take_while(|digit| **digit == b'0').count();
        let trailing = fraction.iter().rev().take_while(|digit| **digit == b'0').count();
        let (whole, fraction) = (&whole[leading..], &fraction[..fraction.len() - trailing]);
        // There is one zero only.
        let is_negative = is_negative && !(whole.is_empty() && fraction.is_empty());
        Self { is_negative, whole, fraction }
    }

    fn compare(&self, other: &Self) -> Ordering {
        let by_whole = self.whole.len().cmp(&other.whole.len()).then(self.whole.cmp(other.whole));
        let size = by_whole.then(self.fraction.cmp(other.fraction));
        match (self.is_negative, other.is_negative) {
            (false, false) => size,
            (true, true) => size.reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn sorted(order: Order, text: &str) -> Vec<&str> {
        let mut lines: Vec<&str> = text.split(';').collect();
        lines.sort_by(|one, other| order.compare(one.as_bytes(), other.as_bytes()));
        lines
    }

    #[test]
    fn lines_go_by_bytes_numbers_or_fields() {
        let plain = Order::default();
        assert_eq!(sorted(plain, "b;a;B;10;9"), ["10", "9", "B", "a", "b"]);
        let numeric = Order { is_numeric: true, ..plain };
        let expected =
            ["-7", "-0.5", "x", "1", "2", "2.05", "2.5", "10", "99999999999999999999999"];
        assert_eq!(sorted(numeric, "2.5;10;2.05;-0.5;99999999999999999999999;x;1;2;-7"), expected);
        let reversed = Order { is_reversed: true, ..numeric };
        assert_eq!(sorted(reversed, "1;3;2"), ["3", "2", "1"]);
        let second = Order { fields: Some((2, Some(2))), ..numeric };
        assert_eq!(sorted(second, "a 3 x;b  1 y;c 2 z"), ["b  1 y", "c 2 z", "a 3 x"]);
        let by_colon = Order { fields: Some((2, None)), separator: Some(b':'), ..plain };
        assert_eq!(sorted(by_colon, "1:c;2:a;3:b;4"), ["4", "2:a", "3:b", "1:c"]);
        let folded = Order { folds_case: true, ..plain };
        assert_eq!(sorted(folded, "b;A;a;B"), ["A", "a", "B", "b"]);
    }

    #[test]
    fn zero_is_one_number_and_fields_alone_count() {
        let numeric = Order { is_numeric: true, ..Order::default() };
        assert!(numeric.is_same(b"-0", b"00.0"));
        assert!(!numeric.is_same(b"-0.1", b"0.1"));
        let first = Order { fields: Some((1, Some(1))), separator: Some(b','), ..Order::default() };
        assert!(first.is_same(b"a,1", b"a,2"));
        assert!(!first.is_same(b"a,1", b"b,1"));
    }
}
