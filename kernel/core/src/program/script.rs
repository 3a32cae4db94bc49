//! Scripts: a first line of `#!`, a path and perhaps one argument names the program that reads them
//! (execve(2), "Interpreter scripts").

use abi::Errno;

/// Bytes of a file that its first line is looked for in.
pub const LINE_BYTES: usize = 256;

/// What the first line of a script says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FirstLine<'a> {
    /// The path of the program that reads the script.
    pub interpreter: &'a [u8],
    /// The rest of the line, which is one word to that program.
    pub argument: Option<&'a [u8]>,
}

/// The first line of a file that begins with these bytes; `None` for a file that is no script.
///
/// A path that does not end within [`LINE_BYTES`] is refused; an argument is cut off there.
pub fn first_line(start: &[u8]) -> Option<Result<FirstLine<'_>, Errno>> {
    let text = start.strip_prefix(b"#!")?;
    let end = text.iter().position(|byte| matches!(byte, b'\n' | 0));
    let is_cut_off = end.is_none() && start.len() >= LINE_BYTES;
    let line = trimmed(&text[..end.unwrap_or(text.len())]);
    let path_end = line.iter().position(is_blank);
    if line.is_empty() || is_cut_off && path_end.is_none() {
        return Some(Err(Errno::ENOEXEC));
    }
    let (interpreter, rest) = line.split_at(path_end.unwrap_or(line.len()));
    let argument = Some(trimmed(rest)).filter(|argument| !argument.is_empty());
    Some(Ok(FirstLine { interpreter, argument }))
}

const fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn trimmed(text: &[u8]) -> &[u8] {
    let first = text.iter().position(|byte| !is_blank(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !is_blank(byte)).map_or(first, |last| last + 1);
    &text[first..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(start: &str) -> Option<Result<(&str, Option<&str>), Errno>> {
        let text = |bytes| core::str::from_utf8(bytes).expect("a text");
        let parts = |line: FirstLine<'static>| (text(line.interpreter), line.argument.map(text));
        first_line(start.to_owned().leak().as_bytes()).map(|line| line.map(parts))
    }

    #[test]
    fn the_first_line_of_a_script_names_a_program_and_one_argument() {
        assert_eq!(line("#!/bin/sh\necho\n"), Some(Ok(("/bin/sh", None))));
        assert_eq!(line("#! \t/bin/sh \t\necho\n"), Some(Ok(("/bin/sh", None))));
        assert_eq!(line("#!/bin/awk -f  x \n"), Some(Ok(("/bin/awk", Some("-f  x")))));
        assert_eq!(line("#!/bin/sh"), Some(Ok(("/bin/sh", None))));
    }

    #[test]
    fn what_is_no_script_is_left_to_others() {
        assert_eq!([line(""), line("#"), line("# !/bin/sh\n"), line("\x7fELF")], [None; 4]);
    }

    #[test]
    fn a_line_without_a_whole_path_is_refused() {
        let refused = Some(Err(Errno::ENOEXEC));
        assert_eq!([line("#!"), line("#!\n/bin/sh"), line("#! \t \nx")], [refused; 3]);
        let long = |bytes: usize| format!("#!/{}", "x".repeat(bytes - 3));
        assert_eq!(line(&long(LINE_BYTES)), refused);
        assert!(matches!(line(&(long(LINE_BYTES - 1) + "\n")), Some(Ok((_, None)))));
        assert!(matches!(line(&(long(LINE_BYTES - 2) + " a")), Some(Ok((_, Some("a"))))));
    }
}
