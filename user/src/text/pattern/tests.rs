//! What patterns find, as POSIX has it (XBD chapter 9).

use super::*;
use proptest::prelude::*;

fn is_in(pattern: &str, syntax: Syntax, line: &str) -> bool {
    Pattern::new(&[pattern], syntax, Letters::Exact).unwrap().is_in(line.as_bytes())
}

#[test]
fn basic_expressions_have_few_operators() {
    for (pattern, line, expected) in [
        ("a.c", "xabcx", true),
        ("a.c", "ac", false),
        ("ab*c", "ac", true),
        ("a+c", "a+c", true),
        ("a+c", "aac", false),
        (r"a\+c", "aac", true),
        (r"\(ab\)*c$", "ababc", true),
        (r"a\{2\}b", "aab", true),
        (r"^a\{2\}b", "ab", false),
        ("*a", "*a", true),
        (r"\(*a\)", "*a", true),
        ("a^b$c", "a^b$c", true),
        ("^b", "ab", false),
        (r"x\|y", "y", true),
        ("(a|b)", "a", false),
        ("(a|b)", "(a|b)", true),
        (r"a\.c", "abc", false),
        (r"\<cat\>", "a cat sat", true),
        (r"\<cat\>", "concatenate", false),
        ("gr..e", "größe", true),
    ] {
        assert_eq!(is_in(pattern, Syntax::Basic, line), expected, "{pattern} in {line}");
    }
}

#[test]
fn brackets_know_no_escapes() {
    for (pattern, line, expected) in [
        ("[abc]x", "bx", true),
        ("[^abc]x", "bx", false),
        ("[]x]", "]", true),
        ("[^]]", "]", false),
        (r"[\]", r"\", true),
        (r"[\n]", "n", true),
        ("[[:digit:]][[:space:]]", "7 ", true),
        ("[a-c-]", "-", true),
        ("[-a]", "-", true),
        ("[a&&b]", "&", true),
        ("[a[]", "[", true),
        ("[a~~b]", "b", true),
    ] {
        for syntax in [Syntax::Basic, Syntax::Extended] {
            assert_eq!(is_in(pattern, syntax, line), expected, "{pattern} in {line}");
        }
    }
}

#[test]
fn extended_and_plain_patterns_mean_what_they_say() {
    assert!(is_in("(ab|cd)+x?$", Syntax::Extended, "abcd"));
    assert!(is_in(r"a\|b", Syntax::Extended, "a|b"));
    assert!(!is_in("a.c", Syntax::Fixed, "abc"));
    assert!(is_in("a.c*[", Syntax::Fixed, "xa.c*["));
    let folded = Pattern::new(&["ÄB", "c"], Syntax::Basic, Letters::Folded).unwrap();
    assert!(folded.is_in("äb".as_bytes()) && folded.is_in(b"C"));
    assert_eq!(folded.find(b"xxC", 0), Some((2, 3)));
}

#[test]
fn what_is_no_pattern_is_refused_with_a_reason() {
    for pattern in ["[a", r"a\", r"\(a", r"\(a\)\1", "[z-a]"] {
        let refused = Pattern::new(&[pattern], Syntax::Basic, Letters::Exact).unwrap_err();
        assert!(refused.to_string().starts_with(pattern), "{refused}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_pattern_or_is_refused(pattern in "\\PC{0,20}", line in "\\PC{0,20}") {
        for syntax in [Syntax::Fixed, Syntax::Basic, Syntax::Extended] {
            if let Ok(pattern) = Pattern::new(&[&pattern], syntax, Letters::Exact) {
                pattern.is_in(line.as_bytes());
            }
        }
        let plain = Pattern::new(&[&pattern], Syntax::Fixed, Letters::Exact).unwrap();
        prop_assert_eq!(plain.is_in(line.as_bytes()), line.contains(&pattern));
    }
}
