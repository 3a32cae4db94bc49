//! From words to arguments: variables are replaced, bare values split at blanks, quotes dropped.

use crate::syntax::{Content, Quoting, Word};
use alloc::string::String;
use alloc::vec::Vec;

/// Where the values of variables come from.
pub trait Variables {
    /// The value of `name`, or `None` if it is not set.
    fn value(&self, name: &str) -> Option<String>;
}

/// Expands `words` to arguments; a word of nothing but empty bare variables disappears.
pub fn arguments(words: &[Word], variables: &impl Variables) -> Vec<String> {
    let mut arguments = Vec::new();
    for word in words {
        split(word, variables, &mut arguments);
    }
    arguments
}

/// Expands `word` to one text without splitting, as for a file name or an assignment.
pub fn text(word: &Word, variables: &impl Variables) -> String {
    let mut text = String::new();
    for part in &word.parts {
        match &part.content {
            Content::Text(literal) => text.push_str(literal),
            Content::Variable(name) => {
                text.push_str(&variables.value(name).unwrap_or_default());
            }
        }
    }
    text
}

fn split(word: &Word, variables: &impl Variables, arguments: &mut Vec<String>) {
    // None: nothing has begun that would be an argument, not even an empty one.
    let mut current: Option<String> = None;
    for part in &word.parts {
        match (&part.content, part.quoting) {
            (Content::Text(literal), _) => {
                current.get_or_insert_default().push_str(literal);
            }
            (Content::Variable(name), Quoting::Quoted) => {
                let value = variables.value(name).unwrap_or_default();
                current.get_or_insert_default().push_str(&value);
            }
            (Content::Variable(name), Quoting::Bare) => {
                let value = variables.value(name).unwrap_or_default();
                append_split(&value, &mut current, arguments);
            }
        }
    }
    arguments.extend(current);
}

fn append_split(value: &str, current: &mut Option<String>, arguments: &mut Vec<String>) {
    for character in value.chars() {
        if matches!(character, ' ' | '\t' | '\n') {
            arguments.extend(current.take());
        } else {
            current.get_or_insert_default().push(character);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexer::quote;
    use crate::parser::parse;
    use alloc::borrow::ToOwned;
    use alloc::format;
    use alloc::string::ToString;
    use proptest::prelude::*;

    struct Fixed;

    impl Variables for Fixed {
        fn value(&self, name: &str) -> Option<String> {
            match name {
                "EMPTY" => Some(String::new()),
                "TWO" => Some("  one two ".to_owned()),
                "?" => Some("3".to_owned()),
                _ => None,
            }
        }
    }

    fn expanded(line: &str) -> Vec<String> {
        arguments(&parse(line).unwrap().statements[0].first.commands[0].words, &Fixed)
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
    fn the_last_status_is_a_variable() {
        assert_eq!(expanded("echo =$?="), ["echo", "=3="]);
        assert_eq!(expanded(r"echo \$? $"), ["echo", "$?", "$"]);
    }

    proptest! {
        #[test]
        fn a_quoted_text_comes_back_as_one_argument(text in "[^\0]*") {
            prop_assert_eq!(expanded(&format!("echo {}", quote(&text))), ["echo".to_string(), text]);
        }

        #[test]
        fn no_text_makes_the_parser_or_the_expansion_panic(text in any::<String>()) {
            if let Ok(script) = parse(&text) {
                for statement in &script.statements {
                    for command in &statement.first.commands {
                        arguments(&command.words, &Fixed);
                    }
                }
            }
        }
    }
}
