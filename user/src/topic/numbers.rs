//! Numbers, and arrays of them, are messages whose layout every program knows by their name.

use super::message::Message;
use abi::topic::{TYPE_NAME_MAX, TypeRecord};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A number whose layout is known by its name.
pub trait Number: zerocopy::FromBytes + zerocopy::Immutable + 'static {
    /// Its name, and that of arrays of it.
    const NAMES: [&'static str; 2];
}

macro_rules! numbers {
    ($($kind:ident)*) => {
        $(
            impl Number for $kind {
                const NAMES: [&'static str; 2] = [stringify!($kind), concat!(stringify!($kind), "[]")];
            }

            impl Message for $kind {
                const NAME: &'static str = Self::NAMES[0];
            }
        )*

        /// The numbers that bytes of a type are, in words; `None` if the type is none of these.
        pub fn show(contents: &TypeRecord, bytes: &[u8]) -> Option<String> {
            let name = str::from_utf8(contents.name()).ok()?;
            match name.strip_suffix("[]").unwrap_or(name) {
                $(stringify!($kind) => show_all(bytes, |bytes| {
                    Some(format!("{:?}", $kind::from_ne_bytes(bytes.try_into().ok()?)))
                }, size_of::<$kind>()),)*
                _ => None,
            }
        }

        /// The numbers that bytes of a type are, as nearly as an `f64` can say; `None` if the type is none of these.
        pub fn values(contents: &TypeRecord, bytes: &[u8]) -> Option<Vec<f64>> {
            let name = str::from_utf8(contents.name()).ok()?;
            match name.strip_suffix("[]").unwrap_or(name) {
                $(stringify!($kind) => bytes
                    .chunks(size_of::<$kind>())
                    .map(|bytes| Some($kind::from_ne_bytes(bytes.try_into().ok()?) as f64))
                    .collect(),)*
                _ => None,
            }
        }

        /// The bytes of numbers that words say, and the type of a message of so many; `None` if
        /// there is no such kind of number, or a word is none.
        pub fn parse(kind: &str, words: &[&str]) -> Option<(TypeRecord, Vec<u8>)> {
            match kind {
                $(stringify!($kind) => {
                    let numbers = words.iter().map(|word| word.parse::<$kind>().ok());
                    let bytes = numbers.map(|number| Some(number?.to_ne_bytes()));
                    let bytes = bytes.collect::<Option<Vec<_>>>()?.concat();
                    let name = <$kind>::NAMES[usize::from(words.len() != 1)];
                    Some((named(name, bytes.len(), align_of::<$kind>()), bytes))
                })*
                _ => None,
            }
        }

        /// The kinds of numbers.
        pub const KINDS: &[&str] = &[$(stringify!($kind)),*];
    };
}

numbers!(u8 i8 u16 i16 u32 i32 u64 i64 f32 f64);

impl<T: Number, const N: usize> Message for [T; N] {
    const NAME: &'static str = T::NAMES[1];
}

fn show_all(bytes: &[u8], show: impl Fn(&[u8]) -> Option<String>, size: usize) -> Option<String> {
    let numbers = bytes.chunks(size).map(show).collect::<Option<Vec<_>>>()?;
    Some(numbers.join(" "))
}

fn named(name: &str, size: usize, alignment: usize) -> TypeRecord {
    let mut record = TypeRecord::any();
    let length = name.len().min(TYPE_NAME_MAX);
    record.name[..length].copy_from_slice(&name.as_bytes()[..length]);
    record.name_length = length as u64;
    (record.size, record.alignment) = (size as u64, alignment as u64);
    record
}

#[cfg(test)]
mod tests {
    use super::super::message::type_of;
    use super::*;

    #[test]
    fn numbers_are_shown_as_they_are_typed() {
        for (kind, words) in
            [("u8", &["0", "255"][..]), ("f64", &["1.5", "-2.0"]), ("i64", &["-7"])]
        {
            let (contents, bytes) = parse(kind, words).unwrap();
            assert_eq!(show(&contents, &bytes).unwrap(), words.join(" "));
            let told: Vec<f64> = words.iter().map(|word| word.parse().unwrap()).collect();
            assert_eq!(values(&contents, &bytes).unwrap(), told);
        }
    }

    #[test]
    fn words_that_are_no_numbers_of_the_kind_are_refused() {
        assert!(parse("u8", &["256"]).is_none());
        assert!(parse("u8", &["x"]).is_none());
        assert!(parse("pose", &["1"]).is_none());
    }

    #[test]
    fn a_program_has_the_type_that_is_typed() {
        let same = |own: TypeRecord, (typed, _): (TypeRecord, Vec<u8>)| {
            assert_eq!(own.name(), typed.name());
            assert_eq!((own.size, own.alignment), (typed.size, typed.alignment));
        };
        same(type_of::<f64>(), parse("f64", &["1"]).unwrap());
        same(type_of::<[f32; 3]>(), parse("f32", &["1", "2", "3"]).unwrap());
    }

    #[test]
    fn bytes_that_are_no_whole_numbers_are_not_shown_as_such() {
        let (contents, _) = parse("u32", &["1"]).unwrap();
        assert_eq!(show(&contents, &[1, 2, 3]), None);
        assert_eq!(show(&TypeRecord::any(), &[1]), None);
    }
}
