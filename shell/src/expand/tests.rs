//! Tests of word expansions; the expectations are POSIX's section 2.6.

use super::*;
use crate::lexer::quote;
use crate::parser::parse;
use crate::syntax::Command;
use alloc::collections::BTreeMap;
use proptest::prelude::*;

#[derive(Default)]
struct Fixed {
    variables: BTreeMap<String, String>,
    positional: Vec<String>,
    refuses_unset: bool,
}

impl Environment for Fixed {
    fn value(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn assign(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        self.variables.insert(name.to_string(), value.to_string());
        Ok(())
    }

    fn positional(&self) -> Vec<String> {
        self.positional.clone()
    }

    fn output_of(&mut self, script: &Rc<Script>) -> Result<String, Failure> {
        Ok(format!("out: {script}\n\n"))
    }

    fn home(&mut self, user: &str) -> Option<String> {
        match user {
            "" => Some("/home dir".to_string()),
            "root" => Some("/".to_string()),
            _ => None,
        }
    }

    fn names_in(&mut self, directory: &str) -> Vec<String> {
        let names: &[&str] = match directory {
            "." => &["b.rs", "a.rs", ".hidden", "dir"],
            "dir/" => &["x.c", "y.c"],
            _ => &[],
        };
        names.iter().map(|name| name.to_string()).collect()
    }

    fn exists(&mut self, path: &str) -> bool {
        ["b.rs", "a.rs", ".hidden", "dir", "dir/", "dir/x.c", "dir/y.c"].contains(&path)
    }

    fn refuses_unset(&self) -> bool {
        self.refuses_unset
    }

    fn keeps_patterns(&self) -> bool {
        false
    }
}

fn fixed() -> Fixed {
    let pairs =
        [("EMPTY", ""), ("TWO", "  one two "), ("?", "3"), ("PATHS", "/usr/bin:/bin"), ("N", "5")];
    let variables = pairs.map(|(name, value)| (name.to_string(), value.to_string()));
    let positional = ["a", "b c", ""].map(String::from).to_vec();
    Fixed { variables: variables.into(), positional, refuses_unset: false }
}

fn try_with(line: &str, environment: &mut Fixed) -> Result<Vec<String>, Failure> {
    let script = parse(line).unwrap();
    let Command::Simple(simple) = &script.statements[0].first.commands[0] else { panic!("{line}") };
    arguments(&simple.words, environment)
}

fn expanded(line: &str) -> Vec<String> {
    try_with(line, &mut fixed()).unwrap()
}

#[test]
fn bare_variables_are_split_at_blanks_and_quoted_ones_are_not() {
    assert_eq!(expanded("echo $TWO"), ["echo", "one", "two"]);
    assert_eq!(expanded("echo \"$TWO\""), ["echo", "  one two "]);
    assert_eq!(expanded("echo a${TWO}b"), ["echo", "a", "one", "two", "b"]);
    assert_eq!(expanded("echo '$TWO'"), ["echo", "$TWO"]);
}

#[test]
fn an_empty_bare_variable_disappears_and_a_quoted_one_is_an_empty_argument() {
    assert_eq!(expanded("echo $EMPTY $UNSET end"), ["echo", "end"]);
    assert_eq!(expanded("echo \"$EMPTY\" '' end"), ["echo", "", "", "end"]);
}

#[test]
fn special_characters_that_name_nothing_stay() {
    assert_eq!(expanded("echo =$?="), ["echo", "=3="]);
    assert_eq!(expanded(r"echo \$? $"), ["echo", "$?", "$"]);
}

#[test]
fn a_line_that_goes_on_goes_on_within_a_parameter() {
    assert_eq!(expanded("echo =$\\\n?= $\\\n{?} ${\\\n?}"), ["echo", "=3=", "3", "3"]);
    let names = "echo $\\\nNAME $NA\\\nME ${NA\\\nME} \"$N\\\n\\\nAME\\\n\"";
    let same = "echo $NAME $NAME ${NAME} \"$NAME\"";
    assert_eq!(expanded(names), expanded(same));
    assert_eq!(expanded("echo a$\\\n'b'"), ["echo", "a$b"]);
}

#[test]
fn the_positional_parameters_are_words_of_their_own() {
    assert_eq!(expanded("echo \"$@\""), ["echo", "a", "b c", ""]);
    assert_eq!(expanded("echo x\"$@\"y"), ["echo", "xa", "b c", "y"]);
    assert_eq!(expanded("echo $@"), ["echo", "a", "b", "c"]);
    assert_eq!(expanded("echo \"$*\""), ["echo", "a b c "]);
    let mut none = Fixed::default();
    assert_eq!(try_with("echo \"$@\"", &mut none).unwrap(), ["echo"]);
    assert_eq!(try_with("echo \"$*\"", &mut none).unwrap(), ["echo", ""]);
}

#[test]
fn separators_of_ifs_that_are_no_blanks_make_empty_fields() {
    let mut environment = fixed();
    environment.assign("IFS", ": ").unwrap();
    environment.assign("V", "a: b::c:").unwrap();
    assert_eq!(try_with("echo $V", &mut environment).unwrap(), ["echo", "a", "b", "", "c"]);
    assert_eq!(try_with("echo \"$*\"", &mut environment).unwrap(), ["echo", "a:b c:"]);
    environment.assign("IFS", "").unwrap();
    assert_eq!(try_with("echo $V", &mut environment).unwrap(), ["echo", "a: b::c:"]);
}

#[test]
fn a_word_stands_in_for_what_is_unset_or_empty() {
    assert_eq!(expanded("echo ${X-a b} ${EMPTY-c}"), ["echo", "a", "b"]);
    assert_eq!(expanded("echo \"${EMPTY:-a b}\" ${N:+set} ${X+set}"), ["echo", "a b", "set"]);
    let mut environment = fixed();
    assert_eq!(try_with("echo ${X:=new} $X", &mut environment).unwrap(), ["echo", "new", "new"]);
    assert_eq!(try_with("echo ${Y?gone}", &mut environment).unwrap_err(), "Y: gone");
    environment.refuses_unset = true;
    assert_eq!(try_with("echo $Y", &mut environment).unwrap_err(), "Y: not set");
    assert_eq!(try_with("echo ${Y-x}", &mut environment).unwrap(), ["echo", "x"]);
}

#[test]
fn beginnings_and_ends_are_taken_away() {
    let line = "echo ${PATHS#*/} ${PATHS##*/} ${PATHS%/*} ${PATHS%%/*} ${#PATHS} ${#@}";
    assert_eq!(expanded(line), ["echo", "usr/bin:/bin", "bin", "/usr/bin:", "13", "3"]);
    assert_eq!(expanded("echo ${PATHS#'*'}"), ["echo", "/usr/bin:/bin"]);
}

#[test]
fn output_loses_its_last_line_ends_and_arithmetic_is_computed() {
    assert_eq!(expanded("echo \"$(ls -l)\""), ["echo", "out: ls -l"]);
    assert_eq!(expanded("echo $((N * (2 + $N))) `a`"), ["echo", "35", "out:", "a"]);
}

#[test]
fn tildes_are_homes_and_are_not_split() {
    assert_eq!(
        expanded("echo ~ ~/x ~root/y ~nobody a~"),
        ["echo", "/home dir", "/home dir/x", "//y", "~nobody", "a~"]
    );
    assert_eq!(expanded("echo '~' \"~\""), ["echo", "~", "~"]);
}

#[test]
fn patterns_become_the_names_that_fit_in_order() {
    assert_eq!(expanded("echo *.rs"), ["echo", "a.rs", "b.rs"]);
    assert_eq!(expanded("echo '*.rs' *.none \"*\".rs"), ["echo", "*.rs", "*.none", "*.rs"]);
    assert_eq!(expanded("echo d*/?.c .h*"), ["echo", "dir/x.c", "dir/y.c", ".hidden"]);
    assert_eq!(expanded("echo *"), ["echo", "a.rs", "b.rs", "dir"]);
}

proptest! {
    #[test]
    fn a_quoted_text_comes_back_as_one_argument(text in "[^\0]*") {
        prop_assert_eq!(expanded(&format!("echo {}", quote(&text))), ["echo".to_string(), text]);
    }

    #[test]
    fn no_text_makes_the_expansion_panic(text in any::<String>()) {
        if let Ok(script) = parse(&text) {
            for statement in &script.statements {
                for command in &statement.first.commands {
                    if let Command::Simple(simple) = command {
                        let _ = arguments(&simple.words, &mut fixed());
                    }
                }
            }
        }
    }
}
