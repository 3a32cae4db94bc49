//! The shell's own command line.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use getargs::{Opt, Options};

/// What `shell --help` prints.
pub const USAGE: &str = "\
usage: shell                      read commands from the terminal or from standard input
       shell FILE [ARGUMENT…]     run the commands in FILE
       shell -c COMMAND [NAME [ARGUMENT…]]
                                  run COMMAND
Type `help` at the prompt for what commands there are.";

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
    /// `$0`, `$1` and so on.
    pub parameters: Vec<String>,
}

/// Reads the arguments, the shell's own name first; an error is a sentence for the user.
pub fn parse<'a>(arguments: impl Iterator<Item = &'a str>) -> Result<Invocation, String> {
    let mut arguments = arguments.peekable();
    let own_name = arguments.next().unwrap_or("shell").to_string();
    let mut options = Options::new(arguments);
    let command = match options.next_opt().map_err(|error| error.to_string())? {
        None => None,
        Some(Opt::Short('c')) => {
            let text = options.value().map_err(|_| "-c: a command must follow".to_string())?;
            Some(text.to_string())
        }
        Some(Opt::Short('h') | Opt::Long("help")) => {
            return Ok(Invocation { source: Source::Usage, parameters: Vec::new() });
        }
        Some(other) => {
            return Err(alloc::format!("{other}: no such option (try: shell --help)"));
        }
    };
    let mut parameters: Vec<String> = options.positionals().map(String::from).collect();
    let source = match (command, parameters.first()) {
        (Some(text), _) => Source::Text(text),
        (None, Some(file)) => Source::File(file.clone()),
        (None, None) => Source::Input,
    };
    if parameters.is_empty() {
        parameters.push(own_name);
    }
    Ok(Invocation { source, parameters })
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
        assert_eq!(invocation.parameters, ["shell"]);
    }

    #[test]
    fn a_script_gets_its_arguments_unread() {
        let invocation = parsed("shell /tmp/a.sh -c x").unwrap();
        assert_eq!(invocation.source, Source::File("/tmp/a.sh".to_string()));
        assert_eq!(invocation.parameters, ["/tmp/a.sh", "-c", "x"]);
    }

    #[test]
    fn the_text_of_c_is_followed_by_name_and_arguments() {
        let invocation = parsed("shell -c ls name -x").unwrap();
        assert_eq!(invocation.source, Source::Text("ls".to_string()));
        assert_eq!(invocation.parameters, ["name", "-x"]);
        assert!(parsed("shell -c").is_err());
    }

    #[test]
    fn an_unknown_option_is_named() {
        assert!(parsed("shell -z").unwrap_err().starts_with("-z: no such option"));
    }
}
