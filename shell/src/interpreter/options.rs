//! What `set` switches.

use alloc::string::String;

/// The switches.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Options {
    /// `-a`: every variable that is set is exported.
    pub export_all: bool,
    /// `-C`: `>` does not overwrite files.
    pub protect_files: bool,
    /// `-e`: a failure ends the shell.
    pub exit_on_failure: bool,
    /// `-f`: patterns stay as they are.
    pub keep_patterns: bool,
    /// `-n`: commands are read and not run.
    pub no_execution: bool,
    /// `-u`: what is not set is an error.
    pub refuse_unset: bool,
    /// `-v`: lines are shown as they are read.
    pub verbose: bool,
    /// `-x`: commands are shown as they are run.
    pub trace: bool,
    /// `-o ignoreeof`: Ctrl-D does not end a shell at a terminal.
    pub ignore_end: bool,
    /// `-o pipefail`: a pipeline fails with the last of its commands that does.
    pub pipe_fail: bool,
}

/// A switch's letter, if it has one, and name.
pub const SWITCHES: [(Option<char>, &str); 10] = [
    (Some('a'), "allexport"),
    (Some('C'), "noclobber"),
    (Some('e'), "errexit"),
    (Some('f'), "noglob"),
    (Some('n'), "noexec"),
    (Some('u'), "nounset"),
    (Some('v'), "verbose"),
    (Some('x'), "xtrace"),
    (None, "ignoreeof"),
    (None, "pipefail"),
];

impl Options {
    /// The switch with this name.
    pub fn by_name(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "allexport" => &mut self.export_all,
            "noclobber" => &mut self.protect_files,
            "errexit" => &mut self.exit_on_failure,
            "noglob" => &mut self.keep_patterns,
            "noexec" => &mut self.no_execution,
            "nounset" => &mut self.refuse_unset,
            "verbose" => &mut self.verbose,
            "xtrace" => &mut self.trace,
            "ignoreeof" => &mut self.ignore_end,
            "pipefail" => &mut self.pipe_fail,
            _ => return None,
        })
    }

    /// The switch with this letter.
    pub fn by_letter(&mut self, letter: char) -> Option<&mut bool> {
        let (_, name) = SWITCHES.iter().find(|(known, _)| *known == Some(letter))?;
        self.by_name(name)
    }

    /// The letters of what is on, for `$-`.
    pub fn letters(mut self) -> String {
        let letters = SWITCHES.iter().filter_map(|(letter, _)| *letter);
        letters.filter(|letter| self.by_letter(*letter).is_some_and(|is_on| *is_on)).collect()
    }
}
