//! Tests of the parser; the expectations are POSIX sh's grammar and token recognition.

use super::*;
use crate::syntax::RedirectionKind;
use alloc::vec;

fn literal(word: &Word) -> String {
    word.parts
        .iter()
        .map(|part| match &part.content {
            Content::Text(text) => text.clone(),
            Content::Variable(name) => alloc::format!("<{name}>"),
        })
        .collect()
}

fn words(command: &Command) -> Vec<String> {
    command.words.iter().map(literal).collect()
}

fn only_command(line: &str) -> Command {
    let script = parse(line).unwrap();
    assert_eq!(script.statements.len(), 1, "{line}");
    assert_eq!(script.statements[0].first.commands.len(), 1, "{line}");
    script.statements[0].first.commands[0].clone()
}

fn error_text(line: &str) -> String {
    parse(line).unwrap_err().to_string()
}

#[test]
fn quotes_join_and_protect() {
    let cases = [
        ("echo 'a b'\"c d\"e", vec!["echo", "a bc de"]),
        (r"echo a\ b \'", vec!["echo", "a b", "'"]),
        (r#"echo "a\"b\n\\ $X""#, vec!["echo", r#"a"b\n\ <X>"#]),
        ("echo '' \"\"", vec!["echo", "", ""]),
        ("echo a#b # rest | ; &", vec!["echo", "a#b"]),
        ("echo 'a\nb'", vec!["echo", "a\nb"]),
        ("echo a\\\nb", vec!["echo", "ab"]),
        ("echo ${A}b$Cd$", vec!["echo", "<A>b<Cd>$"]),
    ];
    for (line, expected) in cases {
        assert_eq!(words(&only_command(line)), expected, "{line}");
    }
}

#[test]
fn operators_need_no_blanks_around_them() {
    let script = parse("a>x;b|c&&d||e&f").unwrap();
    let statements = &script.statements;
    assert_eq!(statements.len(), 3);
    assert_eq!(statements[0].first.commands[0].redirections[0].descriptor, 1);
    assert_eq!(statements[1].first.commands.len(), 2);
    let connectors: Vec<_> = statements[1].rest.iter().map(|(connector, _)| *connector).collect();
    assert_eq!(connectors, [Connector::And, Connector::Or]);
    assert_eq!(statements[1].mode, Mode::Background);
    assert_eq!(statements[1].text, "b|c&&d||e");
    assert_eq!(statements[2].mode, Mode::Foreground);
}

#[test]
fn redirections_may_stand_anywhere_and_keep_their_order() {
    let command = only_command("< in cat 2>>err -n 2>&1 >out 12> x a2");
    assert_eq!(words(&command), ["cat", "-n", "a2"]);
    let seen: Vec<_> = command
        .redirections
        .iter()
        .map(|entry| (entry.descriptor, entry.kind, literal(&entry.target)))
        .collect();
    let expected = [
        (0, RedirectionKind::Read, "in"),
        (2, RedirectionKind::Append, "err"),
        (2, RedirectionKind::Duplicate, "1"),
        (1, RedirectionKind::Write, "out"),
        (12, RedirectionKind::Write, "x"),
    ];
    assert_eq!(seen, expected.map(|(number, kind, name)| (number, kind, name.to_string())));
}

#[test]
fn assignments_stand_before_the_first_word_only() {
    let command = only_command("A=1 B='x y'$C run D=2");
    let seen: Vec<_> =
        command.assignments.iter().map(|entry| (&*entry.name, literal(&entry.value))).collect();
    assert_eq!(seen, [("A", "1".to_string()), ("B", "x y<C>".to_string())]);
    assert_eq!(words(&command), ["run", "D=2"]);
    assert_eq!(words(&only_command("'A'=1")), ["A=1"]);
    assert_eq!(words(&only_command("1A=1")), ["1A=1"]);
}

#[test]
fn lines_separate_and_blank_lines_and_comments_are_nothing() {
    assert_eq!(parse("# only\n\n  \n").unwrap(), Script::default());
    assert_eq!(parse("a\n\nb;\nc &\n").unwrap().statements.len(), 3);
    assert_eq!(parse("a &&\n b |\n c").unwrap().statements.len(), 1);
}

#[test]
fn errors_say_where_and_what_to_do() {
    assert_eq!(error_text("echo \"abc"), "the \" at column 6 is not closed (add another \")");
    assert_eq!(error_text("echo 'abc"), "the ' at column 6 is not closed (add another ')");
    assert_eq!(error_text("ls |"), "a command must follow | at column 4");
    assert_eq!(error_text("ls >"), "a file name must follow > at column 4");
    assert_eq!(error_text("ls > | cat"), "a file name must follow > at column 4");
    assert!(error_text("ls | | cat").starts_with("unexpected | at column 6"));
    assert!(error_text("; ls").starts_with("unexpected ; at column 1"));
    assert!(error_text("ls ;; ls").starts_with("unexpected ; at column 5"));
    assert!(error_text("echo $(ls)").contains("$( at column 6 is not supported"));
    assert!(error_text("(ls)").contains("at column 1 is not supported"));
    assert!(error_text("echo ${a b}").starts_with("${a b} at column 6"));
    assert_eq!(parse("true\nls |;").unwrap_err().at, Position { line: 2, column: 5 });
}

#[test]
fn only_what_more_lines_could_complete_is_unfinished() {
    for line in ["echo 'a", "echo \"a", "a &&", "a ||", "a |", "a \\", "echo ${A"] {
        assert!(parse(line).unwrap_err().is_unfinished(), "{line}");
    }
    for line in ["a >", "| a", "echo $(x)", "99999999999> x"] {
        assert!(!parse(line).unwrap_err().is_unfinished(), "{line}");
    }
}
