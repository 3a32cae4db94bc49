//! The shell's language: any text.
//!
//! What parses is printed as a text that parses to the same; a quoted text is one word again; completion
//! replaces a part of the line; and the reader of a script takes all of its lines.

use shell::complete::{Entry, Name, Names, Source, complete};
use shell::lexer::{Aliases, AtEnd, quote};
use shell::parser::{parse, parse_with};
use shell::reader::Reader;
use shell::syntax::{Command, Content};

/// Drives it.
pub fn run(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let aliases: Aliases = [("ll", "ls -F "), ("loop", "while true; do"), ("x", "y x")]
        .map(|(name, text)| (name.to_string(), text.to_string()))
        .into();
    let _ = parse(text);
    let _ = parse_with(text, &aliases, AtEnd::Complete);
    print(text);
    quoted(text);
    let completion = complete(text, text.len(), &mut Known);
    assert!(text.is_char_boundary(completion.start) && completion.start <= text.len());
    let mut reader = Reader::new(text.lines().map(String::from));
    let mut rounds = 0;
    while reader.read(&aliases).is_some() {
        rounds += 1;
        assert!(rounds <= text.lines().count() + 1, "more commands than lines");
    }
}

fn print(text: &str) {
    let Ok(script) = parse_with(text, &Aliases::new(), AtEnd::Complete) else { return };
    // `$((` is told from `$( (` by counting parentheses, and those of a here-document within it count too.
    if text.contains("$((") && text.contains("<<") {
        return;
    }
    let printed = script.to_string();
    let again = parse(&printed).map(|script| script.to_string()).map_err(|error| error.to_string());
    // Two quoted parts beside each other are one when they are read again.
    let joined = |text: &str| text.replace("\"\"", "");
    assert_eq!(again.as_deref().map(joined), Ok(joined(&printed)), "of {text:?}");
}

fn quoted(text: &str) {
    if text.contains('\0') {
        return;
    }
    let quoted = quote(text);
    let script = parse(&format!("echo {quoted}")).expect("a quoted word is one");
    let [statement] = &script.statements[..] else { panic!("{quoted}: more than a statement") };
    let Command::Simple(simple) = &statement.first.commands[0] else {
        panic!("{quoted}: no command")
    };
    let [_, word] = &simple.words[..] else { panic!("{quoted}: not one word") };
    let parts = word.parts.iter().map(|part| match &part.content {
        Content::Text(text) => text.as_str(),
        other => panic!("{quoted}: {other:?}"),
    });
    assert_eq!(parts.collect::<String>(), text);
}

/// What the shell could complete.
struct Known;

impl Source for Known {
    fn names(&mut self, _: Names) -> Vec<Name> {
        ["echo", "cat", "HOME", "a b", "1", "/r"].map(Name::from).to_vec()
    }

    fn entries(&mut self, directory: &str) -> Vec<Entry> {
        let entry = |name: &str| Entry { name: name.into(), is_directory: name == "d" };
        if directory.len() > 20 {
            Vec::new()
        } else {
            ["d", "a file", "é", "$x"].map(entry).to_vec()
        }
    }

    fn help(&mut self, words: &[&str]) -> String {
        format!("usage: {} [-a FILE] [--long=SIZE]\n  -b USER  something\n", words.join(" "))
    }

    fn home(&mut self) -> String {
        "/home".into()
    }
}
