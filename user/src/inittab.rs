//! `/etc/inittab`: what init starts, on which terminal, as whom.
//!
//! A line is `TERMINAL:USER:ACTION:COMMAND`; empty lines and those that begin with `#` are for people.
//! The command is words without quotes; the first one is a path.

use crate::error::Error;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What becomes of a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// It is started, and nobody waits for it.
    Once,
    /// It has to end before the next line is looked at.
    Wait,
    /// It is started again when it ends.
    Respawn,
    /// When it ends the machine is switched off, with its status.
    End,
}

/// A line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The terminal's name in `/dev`.
    pub terminal: String,
    /// The user's name or number.
    pub user: String,
    /// What becomes of the command.
    pub action: Action,
    /// The program's path and its arguments; never empty.
    pub command: Vec<String>,
}

impl Entry {
    /// What is started where there is no table: a shell for root on the console.
    pub fn shell() -> Self {
        Self {
            terminal: "console".into(),
            user: "root".into(),
            action: Action::Respawn,
            command: alloc::vec!["/bin/shell".into()],
        }
    }
}

/// Reads a table: its entries, and what is wrong with the lines that are none.
pub fn parse(text: &str) -> (Vec<Entry>, Vec<Error>) {
    let (mut entries, mut errors) = (Vec::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match entry(line) {
            Ok(entry) => entries.push(entry),
            Err(problem) => {
                let place = format!("/etc/inittab, line {}: {problem}", index + 1);
                let advice = "lines look like console:root:respawn:/bin/shell";
                errors.push(Error::message(place).advice(advice));
            }
        }
    }
    (entries, errors)
}

fn entry(line: &str) -> core::result::Result<Entry, String> {
    let fields: Vec<&str> = line.splitn(4, ':').map(str::trim).collect();
    let [terminal, user, action, command] = fields[..] else {
        return Err("not four fields".into());
    };
    if terminal.is_empty() || terminal.contains('/') {
        return Err(format!("{terminal:?} is no terminal's name in /dev"));
    }
    if user.is_empty() {
        return Err("no user".into());
    }
    let action = match action {
        "once" => Action::Once,
        "wait" => Action::Wait,
        "respawn" => Action::Respawn,
        "end" => Action::End,
        other => return Err(format!("{other:?} is none of once, wait, respawn and end")),
    };
    let command: Vec<String> = command.split_whitespace().map(String::from).collect();
    if !command.first().is_some_and(|program| program.starts_with('/')) {
        return Err("the command does not begin with a path".into());
    }
    Ok(Entry { terminal: terminal.into(), user: user.into(), action, command })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;

    #[test]
    fn lines_say_what_is_started_where_and_as_whom() {
        let text = "# what runs\n\nconsole:root:wait:/bin/echo  hello world\n\
            console : 1000 : respawn : /bin/shell\nconsole:root:end:/bin/shell /etc/run:x\n";
        let (entries, errors) = parse(text);
        assert!(errors.is_empty());
        let [greeting, shell, run] = &entries[..] else { panic!("{entries:?}") };
        assert_eq!(greeting.command, ["/bin/echo", "hello", "world"]);
        assert_eq!((greeting.action, greeting.user.as_str()), (Action::Wait, "root"));
        assert_eq!(*shell, Entry { user: "1000".into(), ..Entry::shell() });
        assert_eq!(run.command, ["/bin/shell", "/etc/run:x"]);
    }

    #[test]
    fn a_line_that_is_none_is_told_with_its_number_and_the_others_count() {
        for line in [
            "console",
            "a/b:root:once:/x",
            "console::once:/x",
            "console:root:run:/x",
            "console:root:once:x",
        ] {
            let (entries, errors) = parse(&format!("\n{line}\nconsole:root:once:/y"));
            assert_eq!(entries.len(), 1);
            assert!(errors[0].to_string().contains("line 2: "), "{line}: {}", errors[0]);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a-z/:# \n\\PC]{0,200}") {
            let (entries, _) = parse(&text);
            prop_assert!(entries.iter().all(|entry| !entry.command.is_empty()));
        }
    }
}
