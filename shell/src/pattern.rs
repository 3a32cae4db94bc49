//! Patterns of file names and of `case`: `*`, `?`, `[…]`.

use alloc::string::String;
use alloc::vec::Vec;

/// A character of an expanded word, and whether it stands for itself whatever it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Glyph {
    /// The character.
    pub character: char,
    /// Whether it was quoted.
    pub is_quoted: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Item {
    Literal(char),
    /// `?`
    One,
    /// `*`
    Any,
    Set(Set),
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Set {
    is_negated: bool,
    ranges: Vec<(char, char)>,
    classes: Vec<Class>,
}

type Class = fn(char) -> bool;

/// A pattern, ready to be compared with texts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pattern {
    items: Vec<Item>,
}

impl Pattern {
    /// The pattern that characters make; quoted ones are literal.
    pub fn new(glyphs: &[Glyph]) -> Self {
        let mut items = Vec::new();
        let mut rest = glyphs;
        while let [first, tail @ ..] = rest {
            rest = tail;
            items.push(match (first.character, first.is_quoted) {
                ('*', false) => Item::Any,
                ('?', false) => Item::One,
                ('[', false) => match set(tail) {
                    Some((set, after)) => {
                        rest = after;
                        Item::Set(set)
                    }
                    None => Item::Literal('['),
                },
                // It comes from a variable's value: in the source it would have quoted.
                ('\\', false) if !tail.is_empty() => {
                    rest = &tail[1..];
                    Item::Literal(tail[0].character)
                }
                (character, _) => Item::Literal(character),
            });
        }
        Self { items }
    }

    /// Whether the whole text fits.
    pub fn matches(&self, text: &[char]) -> bool {
        let (mut item, mut at) = (0, 0);
        // Where to go on if what follows the last `*` does not fit: it takes one character more.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let fits = match self.items.get(item) {
                Some(Item::Any) => {
                    retry = Some((item + 1, at));
                    item += 1;
                    continue;
                }
                Some(single) if at < text.len() => fits(single, text[at]),
                Some(_) => false,
                None if at == text.len() => return true,
                None => false,
            };
            if fits {
                (item, at) = (item + 1, at + 1);
                continue;
            }
            match retry {
                Some((next, from)) if from < text.len() => {
                    retry = Some((next, from + 1));
                    (item, at) = (next, from + 1);
                }
                _ => return false,
            }
        }
    }

    /// Whether it can fit a name that begins with a dot: only a literal one does.
    pub fn begins_with_dot(&self) -> bool {
        self.items.first() == Some(&Item::Literal('.'))
    }
}

/// Whether glyphs have something that makes a pattern of them.
pub fn is_pattern(glyphs: &[Glyph]) -> bool {
    glyphs.iter().any(|glyph| !glyph.is_quoted && matches!(glyph.character, '*' | '?' | '['))
}

/// The characters without what is known of quotes.
pub fn text_of(glyphs: &[Glyph]) -> String {
    glyphs.iter().map(|glyph| glyph.character).collect()
}

fn fits(item: &Item, character: char) -> bool {
    match item {
        Item::Literal(literal) => *literal == character,
        Item::One | Item::Any => true,
        Item::Set(set) => {
            let is_in = set.ranges.iter().any(|(from, to)| (*from..=*to).contains(&character))
                || set.classes.iter().any(|class| class(character));
            is_in != set.is_negated
        }
    }
}

/// What `[` begins, and what follows its `]`.
fn set(glyphs: &[Glyph]) -> Option<(Set, &[Glyph])> {
    let mut set = Set { is_negated: false, ranges: Vec::new(), classes: Vec::new() };
    let mut rest = glyphs;
    if let [Glyph { character: '!' | '^', is_quoted: false }, tail @ ..] = rest {
        set.is_negated = true;
        rest = tail;
    }
    let mut is_first = true;
    loop {
        let (first, tail) = rest.split_first()?;
        match (first.character, first.is_quoted) {
            (']', false) if !is_first => return Some((set, tail)),
            // A name's part ends here, and so the bracket is none.
            ('/', _) => return None,
            ('[', false) => match class(tail) {
                Some((class, after)) => {
                    set.classes.push(class);
                    rest = after;
                }
                None => {
                    set.ranges.push(('[', '['));
                    rest = tail;
                }
            },
            (character, _) => match tail {
                [Glyph { character: '-', is_quoted: false }, end, after @ ..]
                    if end.character != ']' || end.is_quoted =>
                {
                    set.ranges.push((character, end.character));
                    rest = after;
                }
                _ => {
                    set.ranges.push((character, character));
                    rest = tail;
                }
            },
        }
        is_first = false;
    }
}

/// `:NAME:]` of a class within brackets.
fn class(glyphs: &[Glyph]) -> Option<(Class, &[Glyph])> {
    let text = text_of(glyphs);
    let name = text.strip_prefix(':')?;
    let name = &name[..name.find(":]")?];
    let class: Class = match name {
        "alpha" => char::is_alphabetic,
        "digit" => |c| c.is_ascii_digit(),
        "alnum" => char::is_alphanumeric,
        "upper" => char::is_uppercase,
        "lower" => char::is_lowercase,
        "space" => char::is_whitespace,
        "blank" => |c| matches!(c, ' ' | '\t'),
        "punct" => |c| c.is_ascii_punctuation(),
        "cntrl" => char::is_control,
        "xdigit" => |c| c.is_ascii_hexdigit(),
        "print" => |c| !c.is_control(),
        "graph" => |c| !c.is_control() && !c.is_whitespace(),
        _ => return None,
    };
    Some((class, &glyphs[name.chars().count() + 3..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fits(pattern: &str, text: &str) -> bool {
        let glyph = |character| Glyph { character, is_quoted: false };
        let glyphs: Vec<Glyph> = pattern.chars().map(glyph).collect();
        Pattern::new(&glyphs).matches(&text.chars().collect::<Vec<_>>())
    }

    #[test]
    fn stars_and_question_marks_stand_for_text() {
        for (pattern, text) in
            [("*", ""), ("a*c", "abbc"), ("?b", "ab"), ("*.rs", "a.rs"), ("", "")]
        {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("?", ""), ("a*c", "abd"), ("a", "ab"), ("*a*b", "ba")] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn brackets_have_ranges_classes_and_negation() {
        for (pattern, text) in [
            ("[a-c]", "b"),
            ("[!a-c]", "d"),
            ("[^a]", "b"),
            ("[]]", "]"),
            ("[a-]", "-"),
            ("[[:digit:]x]", "7"),
            ("[[:upper:]]", "Q"),
            ("[", "["),
            ("[a", "[a"),
            ("\\*", "*"),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("[a-c]", "d"), ("[!a-c]", "a"), ("[[:digit:]]", "x"), ("\\*", "a")]
        {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn no_pattern_panics_and_a_star_fits_all(pattern in ".{0,20}", text in ".{0,20}") {
            fits(&pattern, &text);
            prop_assert!(fits("*", &text));
        }
    }
}
