//! The shell's own command line.

use crate::interpreter::Options;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What `shell --help` prints.
pub const USAGE: &str = "\
usage: shell [-aCefnuvx] [-o SWITCH]           read commands from the terminal or standard input
       shell [SWITCHES] FILE [ARGUMENT…]       run the commands in FILE
       shell [SWITCHES] -c COMMAND [NAME [ARGUMENT…]]
                                               run COMMAND
       shell [SWITCHES] -s [ARGUMENT…]         read commands from standard input
The switches are those of `set`. Type `help` at the prompt for what commands there are.";

/// Where commands come from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Source {
    /// Standard input.
    Input,
    /// The file with this name.
    File(String),
    /// `-c`: this text.
    Text(String),
    /// `--help`: nowhere; the usage is printed.
    Usage,
}

/// What the shell was asked to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Invocation {
    /// Where commands come from.
    pub source: Source,
    /// What is switched on.
    pub options: Options,
    /// `$0`
    pub name: String,
    /// `$1` and so on.
    pub parameters: Vec<String>,
}

/// Reads the arguments, the shell's own name first; an error is a sentence for the user.
///
/// Switches may stand together and with `+`, as only shells have them, so this is done by hand.
pub fn parse<'a>(arguments: impl Iterator<Item = &'a str>) -> Result<Invocation, String> {
    let mut arguments = arguments.peekable();
    let own_name = arguments.next().unwrap_or("shell").to_string();
    let mut options = Options::default();
    let (mut is_command, mut is_input) = (false, false);
    while let Some(word) = arguments.next_if(|word| word.len() > 1 && word.starts_with(['-', '+']))
    {
        match word {
            "--" => break,
            "--help" | "-h" => {
                let source = Source::Usage;
                return Ok(Invocation { source, options, name: own_name, parameters: Vec::new() });
            }
            _ => {}
        }
        let is_on = word.starts_with('-');
        for letter in word[1..].chars() {
            let switch = match letter {
                'c' => {
                    is_command = true;
                    continue;
                }
                's' => {
                    is_input = true;
                    continue;
                }
                // A shell at a terminal is interactive without being told.
                'i' | 'l' | 'm' => continue,
                'o' => arguments.next().and_then(|name| options.by_name(name)),
                letter => options.by_letter(letter),
            };
            match switch {
                Some(switch) => *switch = is_on,
                None => {
                    return Err(alloc::format!("{word}: no such option (try: shell --help)"));
                }
            }
        }
    }
    let mut parameters: Vec<String> = arguments.map(String::from).collect();
    let mut next = || if parameters.is_empty() { None } else { Some(parameters.remove(0)) };
    let (source, name) = if is_command {
        let text = next().ok_or("-c: a command must follow")?;
        (Source::Text(text), next().unwrap_or(own_name))
    } else if is_input {
        (Source::Input, own_name)
    } else {
        match next() {
            Some(file) => (Source::File(file.clone()), file),
            None => (Source::Input, own_name),
        }
    };
    Ok(Invocation { source, options, name, parameters })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Invocation, String> {
        parse(line.split(' '))
    }

    #[test]
    fn without_arguments_commands_come_from_the_input() {
        let invocation = parsed("shell").unwrap();
        assert_eq!(invocation.source, Source::Input);
        assert_eq!(invocation.name, "shell");
        assert_eq!(parsed("shell -s a b").unwrap().parameters, ["a", "b"]);
    }

    #[test]
    fn a_script_gets_its_arguments_unread() {
        let invocation = parsed("shell /tmp/a.sh -c x").unwrap();
        assert_eq!(invocation.source, Source::File("/tmp/a.sh".to_string()));
        assert_eq!(invocation.name, "/tmp/a.sh");
        assert_eq!(invocation.parameters, ["-c", "x"]);
    }

    #[test]
    fn the_text_of_c_is_followed_by_name_and_arguments() {
        let invocation = parsed("shell -c ls name -x").unwrap();
        assert_eq!(invocation.source, Source::Text("ls".to_string()));
        assert_eq!(
            (invocation.name.as_str(), invocation.parameters),
            ("name", ["-x".to_string()].to_vec())
        );
        assert!(parsed("shell -c").is_err());
    }

    #[test]
    fn switches_are_those_of_set() {
        let invocation = parsed("shell -eux -o pipefail -c ls").unwrap();
        assert!(invocation.options.exit_on_failure && invocation.options.pipe_fail);
        assert_eq!(invocation.options.letters(), "eux");
    }

    #[test]
    fn an_unknown_option_is_named() {
        assert!(parsed("shell -z").unwrap_err().starts_with("-z: no such option"));
    }
}
