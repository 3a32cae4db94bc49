//! Tests of the parser; the expectations are POSIX sh's grammar and token recognition.

use super::*;
use crate::error::Position;
use crate::syntax::{Compound, LoopKind, RedirectionKind};
use alloc::vec;
use proptest::prelude::*;

fn literal(word: &Word) -> String {
    word.parts
        .iter()
        .map(|part| match &part.content {
            Content::Text(text) => text.clone(),
            Content::Parameter(parameter) => alloc::format!("<{}>", parameter.name),
            Content::Output(script) => alloc::format!("({})", script.to_string().trim()),
            Content::Arithmetic(word) => alloc::format!("[{}]", literal(word)),
            Content::Tilde(user) => alloc::format!("~{user}"),
        })
        .collect()
}

fn words(command: &Simple) -> Vec<String> {
    command.words.iter().map(literal).collect()
}

fn only(line: &str) -> Command {
    let script = parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    assert_eq!(script.statements.len(), 1, "{line}");
    assert_eq!(script.statements[0].first.commands.len(), 1, "{line}");
    script.statements[0].first.commands[0].clone()
}

fn only_command(line: &str) -> Simple {
    match only(line) {
        Command::Simple(simple) => simple,
        other => panic!("{line}: {other:?}"),
    }
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
    let Command::Simple(first) = &statements[0].first.commands[0] else { panic!() };
    assert_eq!(first.redirections[0].descriptor, 1);
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
        (2, RedirectionKind::DuplicateOutput, "1"),
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
    let cases = [
        ("echo \"abc", "the \" is not closed: add another \" (column 6)"),
        ("echo 'abc", "the ' is not closed: add another ' (column 6)"),
        ("ls |", "a command must follow | (column 4)"),
        ("ls >", "a file name must follow > (column 4)"),
        ("ls > | cat", "a file name must follow > (column 4)"),
        ("ls | | cat", "unexpected |: quote it if it is meant as text (column 6)"),
        ("; ls", "unexpected ;: quote it if it is meant as text (column 1)"),
        ("ls ;; ls", "unexpected ;;: quote it if it is meant as text (column 4)"),
        ("if a; then b", "the if is not closed: fi is missing (column 1)"),
        ("echo $(ls", "the $( is not closed: ) is missing (column 6)"),
        ("a; done", "unexpected done: quote it if it is meant as text (column 4)"),
        ("cat <<E\nx", "the here-document is not closed: the line E is missing (column 5)"),
    ];
    for (line, text) in cases {
        assert_eq!(error_text(line), text, "{line}");
    }
    assert!(error_text("echo ${a b}").starts_with("a b: a name has"));
    let error = parse("true\nls |;").unwrap_err();
    assert_eq!(error.at, Position { line: 2, column: 5 });
    assert_eq!(error.excerpt(), "  ls |;\n      ^");
}

#[test]
fn only_what_more_lines_could_complete_is_unfinished() {
    for line in [
        "echo 'a",
        "echo \"a",
        "a &&",
        "a ||",
        "a |",
        "a \\",
        "echo ${A",
        "if a",
        "if a; then",
        "while a; do b",
        "for i in a b",
        "for i",
        "for",
        "case x in",
        "case x",
        "{ a",
        "( a",
        "f() {",
        "f()",
        "echo $(a",
        "echo `a",
        "echo $((1 +",
        "cat <<E",
        "a; if b; then c; else",
        "!",
    ] {
        let error = parse(line).unwrap_err();
        assert!(error.is_unfinished(), "{line}: {error}");
    }
    for line in ["a >", "| a", "99999999999> x", "fi", "a; }", "for 1 in", "f() a", "( )", "a )"] {
        assert!(!parse(line).unwrap_err().is_unfinished(), "{line}");
    }
}

#[test]
fn constructs_are_recognised_where_a_command_may_begin() {
    assert!(matches!(only("if a; then b; elif c; then d; else e; fi"),
        Command::Compound(Compound::If(arms, Some(_)), _) if arms.len() == 2));
    assert!(matches!(only("while a\ndo b\ndone >x 2>&1"),
        Command::Compound(Compound::Loop(LoopKind::While, _, _), redirections) if redirections.len() == 2));
    assert!(matches!(only("for i in a $b; do c; done"),
        Command::Compound(Compound::For(_, Some(words), _), _) if words.len() == 2));
    assert!(matches!(only("for i do c; done"), Command::Compound(Compound::For(_, None, _), _)));
    assert!(matches!(only("case x in (a|b) c;; *) d\nesac"),
        Command::Compound(Compound::Case(_, arms), _) if arms.len() == 2 && arms[0].0.len() == 2));
    assert!(matches!(only("(a; b)"), Command::Compound(Compound::Subshell(_), _)));
    assert!(matches!(only("f() { a; }"), Command::Function(name, _) if name == "f"));
    assert_eq!(
        words(&only_command("echo if then fi { } in !")),
        ["echo", "if", "then", "fi", "{", "}", "in", "!"]
    );
    assert_eq!(
        parse("! time a | b").unwrap().statements[0].first.prefixes,
        [Prefix::Not, Prefix::Time]
    );
}

#[test]
fn substitutions_hold_commands_and_computations() {
    let cases = [
        ("echo $(a | b) x", vec!["echo", "(a | b)", "x"]),
        ("echo $(echo $(c) ')')", vec!["echo", "(echo $( c\n) \")\")"]),
        ("echo `a \\`b\\``", vec!["echo", "(a $( b\n))"]),
        ("echo $((1 + $x * (2)))", vec!["echo", "[1 + <x> * (2)]"]),
        ("echo \"a $(b \"c d\") e\"", vec!["echo", "a (b \"c d\") e"]),
        ("echo $((a); (b))", vec!["echo", "((\na\n)\n(\nb\n))"]),
    ];
    for (line, expected) in cases {
        assert_eq!(words(&only_command(line)), expected, "{line}");
    }
}

#[test]
fn here_documents_take_the_lines_below() {
    let script = parse("cat <<A; cat <<-'B'\nx $v\nA\n\ty $v\n\tB\necho").unwrap();
    let text = |index: usize| match &script.statements[index].first.commands[0] {
        Command::Simple(simple) => literal(simple.redirections[0].here.get().unwrap()),
        _ => String::new(),
    };
    assert_eq!(text(0), "x <v>\n");
    assert_eq!(text(1), "y $v\n");
    assert_eq!(script.statements.len(), 3);
}

/// Found by the property below.
#[test]
fn a_delimiter_that_the_text_holds_is_printed_as_another() {
    let script = parse("cat <<E\n`cat <<E\nx`\nE\n").unwrap();
    let printed = script.to_string();
    assert_eq!(printed, "cat 0<<E_\n$( cat 0<<E\nx\nE\n)\nE_\n");
    assert_eq!(parse(&printed).unwrap().to_string(), printed);
}

#[test]
fn aliases_are_replaced_once_and_may_begin_constructs() {
    let aliases: Aliases =
        [("ls", "ls -F"), ("loop", "while true; do"), ("s", "sudo "), ("x", "y")]
            .map(|(name, text)| (name.to_string(), text.to_string()))
            .into();
    let parsed = |line: &str| parse_with(line, &aliases, AtEnd::Complete).unwrap().to_string();
    assert_eq!(parsed("ls a"), "ls -F a\n");
    assert_eq!(parsed("s x x"), "sudo y x\n");
    assert_eq!(parsed("'ls' ls"), "\"ls\" ls\n");
    assert!(parsed("loop break; done").starts_with("while\ntrue\n"));
}

/// Pieces of which texts that nearly are commands are made.
const PIECES: &[&str] = &[
    "if ", "then ", "fi", "else ", "elif ", "while ", "do ", "done", "for ", "i ", "in ", "case ",
    "esac", "{ ", "}", "(", ")", "f() ", "! ", "time ", "a", "b ", "'q'", "\"d $x\"", "$x",
    "${x:-", "${x%%*}", "$(", "$((", "))", "`", "<<E\n", "E\n", ">f", "2>&1 ", "| ", "&& ", "|| ",
    "& ", ";", ";;", "\n", "#c\n", "\\", "~", "A=1 ", "*", " ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_make_the_parser_panic_or_hang(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn what_parses_is_printed_so_that_it_parses_to_the_same(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)
    ) {
        let text = pieces.concat();
        // `$((` is told from `$( (` by counting parentheses, and those of a here-document within it
        // count too: such a one is not parsed again as it was.
        if text.contains("$((") && text.contains("<<") {
            return Ok(());
        }
        if let Ok(script) = parse_with(&text, &Aliases::new(), AtEnd::Complete) {
            let printed = script.to_string();
            let again = parse(&printed).map_err(|error| error.to_string());
            prop_assert_eq!(again.map(|script| script.to_string()), Ok(printed));
        }
    }
}

#[test]
fn deep_nesting_is_refused_and_takes_no_time() {
    for open in ["(", "{ ", "$(", "$((", "if ", "${x:-", "\"$(", "`", "f() ", "case x in x) ", "! "]
    {
        let _ = parse(&open.repeat(10_000));
        let _ = parse(&alloc::format!("echo {}", open.repeat(10_000)));
    }
}
