//! A program's options, over `getargs`: `--help` and errors that point to it.

use crate::error::{Error, Result};
use crate::units;
use alloc::format;
use alloc::vec::Vec;
use getargs::{Arg, Options};

/// What a program's arguments turned out to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Parsed<T> {
    /// The person wants to know how the program is used.
    Help,
    /// The program can run.
    Run(T),
}

/// Says that the arguments are wrong.
pub fn usage(text: impl Into<alloc::string::String>) -> Error {
    Error::message(text).advice("try --help")
}

/// One argument.
pub type Argument<'a> = Arg<&'a str>;

/// The arguments of a program, one by one; options may stand anywhere before `--`.
pub struct Arguments<'a, I: Iterator<Item = &'a str>> {
    options: Options<&'a str, I>,
}

impl<'a, I: Iterator<Item = &'a str>> Arguments<'a, I> {
    /// From the words behind the program's name.
    pub fn new(words: I) -> Self {
        Self { options: Options::new(words) }
    }

    /// The next argument.
    #[expect(clippy::should_implement_trait, reason = "it fails, and `value` needs `self` between")]
    pub fn next(&mut self) -> Result<Option<Argument<'a>>> {
        self.options.next_arg().map_err(|error| usage(format!("{error}")))
    }

    /// The value of the option that was just read.
    pub fn value(&mut self) -> Result<&'a str> {
        self.options.value().map_err(|error| usage(format!("{error}")))
    }

    /// All words that are left, which are no options of this program.
    pub fn rest(self) -> Vec<&'a str> {
        self.options.into_positionals().collect()
    }

    /// The value of the option that was just read, a number of at least `least`.
    pub fn number(&mut self, least: u64) -> Result<u64> {
        let text = self.value()?;
        match text.parse() {
            Ok(number) if number >= least => Ok(number),
            _ => Err(usage(format!("{text}: a whole number of at least {least} is needed here"))),
        }
    }

    /// The value of the option that was just read, a size like `64K`.
    pub fn size(&mut self) -> Result<u64> {
        let text = self.value()?;
        parse_size(text)
    }
}

/// Reads a size like `64K`, or says what one looks like.
pub fn parse_size(text: &str) -> Result<u64> {
    units::parse_size(text).ok_or_else(|| {
        Error::message(format!("{text}: not a size")).advice("sizes look like 4096, 64K, 2M or 1G")
    })
}

/// Reads a mode in octal, or says what one looks like.
pub fn parse_mode(text: &str) -> Result<u32> {
    let all_octal = text.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    let mode = u32::from_str_radix(text, 8).ok().filter(|mode| all_octal && *mode <= 0o777);
    mode.ok_or_else(|| usage(format!("{text}: a mode is octal, from 0 to 777")))
}

/// Reads `UID[:GID]`, or says what that looks like; `root` is user and group 0.
pub fn parse_owner(text: &str) -> Result<(u32, Option<u32>)> {
    let number = |word: &str| match word {
        "root" => Some(0),
        // The greatest number means no user at all in the calls.
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok().filter(|number| *number != u32::MAX)
        }
        _ => None,
    };
    let (user, group) = match text.split_once(':') {
        Some((user, group)) => (number(user), number(group).map(Some)),
        None => (number(text), Some(None)),
    };
    user.zip(group).ok_or_else(|| {
        Error::message(format!("{text}: not a user"))
            .advice("users look like 1000, 1000:100 or root")
    })
}

/// Reads seconds, or says what they look like.
pub fn parse_seconds(text: &str) -> Result<core::time::Duration> {
    units::parse_seconds(text).ok_or_else(|| {
        Error::message(format!("{text}: not a time")).advice("seconds look like 2 or 0.25")
    })
}

/// The words among a program's arguments; `option` takes the options, and their values.
///
/// `--help` is known to all programs.
pub fn parse<'a, I: Iterator<Item = &'a str>>(
    words: I,
    mut option: impl FnMut(Argument<'a>, &mut Arguments<'a, I>) -> Result<()>,
) -> Result<Parsed<Vec<&'a str>>> {
    let mut arguments = Arguments::new(words);
    let mut plain = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Positional(word) => plain.push(word),
            Arg::Long("help") | Arg::Short('h') => return Ok(Parsed::Help),
            other => option(other, &mut arguments)?,
        }
    }
    Ok(Parsed::Run(plain))
}

/// The arguments of a program without options but `--help`.
pub fn plain<'a>(words: impl Iterator<Item = &'a str>) -> Result<Parsed<Vec<&'a str>>> {
    parse(words, |option, _| Err(unknown(option)))
}

/// The word, where there must be exactly one, or what is wrong: `what` it stands for.
pub fn only<'a>(words: &[&'a str], what: &str) -> Result<&'a str> {
    match words {
        [word] => Ok(word),
        [] => Err(usage(format!("which {what}?"))),
        [_, word, ..] => Err(usage(format!("{word}: one {what} only"))),
    }
}

/// Says that an option is not known.
pub fn unknown(option: Argument<'_>) -> Error {
    usage(format!("{option}: no such option"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;
    use std::vec;

    #[test]
    fn help_may_stand_anywhere_before_the_double_dash() {
        assert_eq!(plain(["a", "--help"].into_iter()), Ok(Parsed::Help));
        assert_eq!(plain(["--", "--help"].into_iter()), Ok(Parsed::Run(vec!["--help"])));
    }

    #[test]
    fn options_take_their_values_and_leave_the_words() {
        let mut count = 0;
        let words = parse(["a", "-n", "7", "b"].into_iter(), |option, arguments| match option {
            Arg::Short('n') => arguments.number(1).map(|number| count = number),
            option => Err(unknown(option)),
        });
        assert_eq!((words, count), (Ok(Parsed::Run(vec!["a", "b"])), 7));
    }

    #[test]
    fn exactly_one_word_is_asked_for_by_name() {
        assert_eq!(only(&["/a"], "region"), Ok("/a"));
        let text = |words: &[&str]| only(words, "region").unwrap_err().to_string();
        assert_eq!(text(&[]), "which region? (try --help)");
        assert_eq!(text(&["/a", "/b"]), "/b: one region only (try --help)");
    }

    #[test]
    fn an_unknown_option_is_named_with_advice() {
        let error = plain(["-x"].into_iter()).unwrap_err();
        assert_eq!(error.to_string(), "-x: no such option (try --help)");
    }

    #[test]
    fn what_follows_the_first_words_may_be_left_to_another_program() {
        let mut arguments = Arguments::new(["-v", "/x", "ls", "-l", "--help"].into_iter());
        assert_eq!(arguments.next(), Ok(Some(Arg::Short('v'))));
        assert_eq!(arguments.next(), Ok(Some(Arg::Positional("/x"))));
        assert_eq!(arguments.rest(), ["ls", "-l", "--help"]);
    }

    #[test]
    fn an_owner_is_a_user_with_or_without_a_group() {
        assert_eq!(parse_owner("1000"), Ok((1000, None)));
        assert_eq!(parse_owner("1000:100"), Ok((1000, Some(100))));
        assert_eq!(parse_owner("root:0"), Ok((0, Some(0))));
        for text in ["", ":", "1:", ":1", "-1", "+1", "4294967295", "guest", "1:2:3"] {
            assert!(parse_owner(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_mode_is_octal() {
        assert_eq!(parse_mode("640"), Ok(0o640));
        for text in ["", "8", "1000", "+7", "-1", "rw"] {
            assert!(parse_mode(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_below_the_least_is_refused() {
        let mut arguments = Arguments::new(["--count", "0"].into_iter());
        assert_eq!(arguments.next(), Ok(Some(Arg::Long("count"))));
        assert!(arguments.number(1).is_err());
    }
}
