//! What a command takes, as its usage line says: `consume REGION [--count N]`.

use super::Names;
use crate::help;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What an argument may be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Wanted {
    Names(Names),
    Paths,
    Directories,
    /// One of these.
    Words(Vec<String>),
}

/// Words of usage lines, and what they stand for.
const PLACEHOLDERS: &[(&str, Wanted)] = &[
    ("REGION", Wanted::Names(Names::Regions)),
    ("TOPIC", Wanted::Names(Names::Topics)),
    ("PID", Wanted::Names(Names::Processes)),
    ("%JOB", Wanted::Names(Names::Jobs)),
    ("UID", Wanted::Names(Names::Users)),
    ("COMMAND", Wanted::Names(Names::Commands)),
    ("CALL", Wanted::Names(Names::Pages)),
    ("SIGNAL", Wanted::Names(Names::Signals)),
    ("FILE", Wanted::Paths),
    ("FILE.bmp", Wanted::Paths),
    ("PATH", Wanted::Paths),
    ("TARGET", Wanted::Paths),
    ("DEVICE", Wanted::Paths),
    ("WORD", Wanted::Paths),
    ("DIRECTORY", Wanted::Directories),
];

/// What takes another meaning than its usage line's placeholder has elsewhere.
const OTHERS: &[(&str, &[Wanted])] = &[
    ("alias", &[Wanted::Names(Names::Aliases)]),
    ("unalias", &[Wanted::Names(Names::Aliases)]),
    // Its topics are those of the tour.
    ("help", &[Wanted::Names(Names::Pages), Wanted::Names(Names::Commands)]),
    ("hash", &[Wanted::Names(Names::Commands)]),
    ("type", &[Wanted::Names(Names::Commands)]),
    ("mkdir", &[Wanted::Directories]),
    ("export", &[Wanted::Names(Names::Variables)]),
    ("local", &[Wanted::Names(Names::Variables)]),
    ("read", &[Wanted::Names(Names::Variables)]),
    ("readonly", &[Wanted::Names(Names::Variables)]),
    ("unset", &[Wanted::Names(Names::Variables)]),
];

/// Programs whose first argument says what they do, and what the others are.
const FAMILIES: &[(&str, Names)] =
    &[("region", Names::Regions), ("sem", Names::Semaphores), ("topic", Names::Topics)];

/// Commands that run the command behind them, and how many arguments and options with values are
/// their own.
const WRAPPERS: &[(&str, usize, &[&str])] = &[
    ("as", 1, &[]),
    ("command", 0, &[]),
    ("env", 0, &["-u"]),
    ("exec", 0, &[]),
    ("nice", 0, &["-n"]),
    ("strace", 0, &["-e", "-o", "-p", "-s"]),
    ("term", 0, &["--at", "--size"]),
    ("watch", 0, &["-n", "-c"]),
];

/// The words of the command that gets the next argument: of `nice -n 5 cat` that is `cat`. None are
/// left where that command itself is missing.
pub(super) fn command(words: &[String]) -> &[String] {
    let Some((_, own, valued)) =
        WRAPPERS.iter().find(|(name, ..)| words.first().is_some_and(|word| word == name))
    else {
        return words;
    };
    let mut rest = &words[1..];
    let mut left = *own;
    loop {
        match rest {
            [option, ..] if valued.contains(&option.as_str()) => {
                // Its value is being typed.
                let Some(behind) = rest.get(2..) else { return words };
                rest = behind;
            }
            [word, behind @ ..] if word.starts_with('-') || word.contains('=') => rest = behind,
            [_, behind @ ..] if left > 0 => (rest, left) = (behind, left - 1),
            [] if left > 0 => return words,
            [] => return rest,
            _ => return command(rest),
        }
    }
}

/// A command's usage line.
pub(super) fn of(name: &str) -> &'static str {
    help::find(name).map_or("", |entry| entry.usage)
}

/// Whether a command's first argument says what it does.
pub(super) fn has_subcommands(name: &str) -> bool {
    !subcommands(name).is_empty()
}

/// The words of which one must be the first argument.
fn subcommands(name: &str) -> Vec<String> {
    let choice = of(name).split(' ').nth(1).filter(|word| !word.starts_with(['[', '-']));
    let words = choice.filter(|choice| choice.contains('|')).unwrap_or_default().split('|');
    let is_word =
        |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    words.filter(is_word).map(String::from).collect()
}

/// What the next argument of a command may be.
pub(super) fn arguments(name: &str, before: &[String]) -> Vec<Wanted> {
    let subcommands = subcommands(name);
    if !subcommands.is_empty() && before.is_empty() {
        return [Wanted::Words(subcommands)].to_vec();
    }
    if let Some((_, names)) = FAMILIES.iter().find(|(family, _)| *family == name) {
        return [Wanted::Names(*names)].to_vec();
    }
    if let Some((_, wanted)) = OTHERS.iter().find(|(other, _)| *other == name) {
        return wanted.to_vec();
    }
    let mut wanted = Vec::new();
    for word in pieces(of(name)).filter(|word| !word.starts_with('-')) {
        if let Some(found) = meaning(word)
            && !wanted.contains(found)
        {
            wanted.push(found.clone());
        }
    }
    wanted
}

/// What an option takes that a text has with its value behind it: `-p PID`.
pub(super) fn value(text: &str, option: &str) -> Option<Wanted> {
    let words = || pieces(text);
    let mut pairs = words().zip(words().skip(1));
    pairs.find_map(|(first, second)| if first == option { meaning(second) } else { None }).cloned()
}

fn meaning(placeholder: &str) -> Option<&'static Wanted> {
    PLACEHOLDERS.iter().find(|(known, _)| *known == placeholder).map(|(_, wanted)| wanted)
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let ends = [' ', '\n', '\t', '[', ']', '|', ',', ';', '(', ')', '…', '=', ':', '`', '"'];
    text.split(ends).map(|piece| piece.trim_end_matches('.')).filter(|piece| !piece.is_empty())
}

/// The options that a usage line or a help text names.
pub(super) fn options(text: &str) -> Vec<String> {
    let mut options = Vec::new();
    for piece in pieces(text) {
        let letters = piece.trim_start_matches('-');
        let is_long = piece.starts_with("--") && letters.len() > 1;
        let is_short = piece.starts_with('-') && !piece.starts_with("--");
        if is_long && letters.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
            options.push(piece.to_string());
        } else if is_short && letters.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            // `-SIGNAL` stands for something else; `-EFiv` are four.
            if letters.len() == 1 || letters.bytes().any(|byte| byte.is_ascii_lowercase()) {
                options.extend(letters.chars().map(|letter| alloc::format!("-{letter}")));
            }
        }
    }
    options
}
