//! The command line.

use lexopt::prelude::*;
use mkimage::Error;
use mkimage::contents::{ArchivePath, Contents, Mode};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

const USAGE: &str = "usage: mkimage --kernel ELF --output IMAGE [OPTION…]
  --program NAME=PATH[:MODE]   the file PATH as /bin/NAME; MODE is octal, 755 if not given
  --file /NAME=PATH[:MODE]     the file PATH as /NAME, with its own mode if none is given
  --tree DIRECTORY=/NAME       everything below DIRECTORY under /NAME, which may be /
  --usual DIRECTORY=/NAME      the same, but for what another option puts there";

/// What to build, with the archive's files already read.
#[derive(Debug)]
pub struct Options {
    /// The kernel's ELF file.
    pub kernel: PathBuf,
    /// The image to write.
    pub output: PathBuf,
    /// What goes into the archive.
    pub contents: Contents,
}

impl Options {
    /// Reads the command line, and the files it names.
    pub fn parse(mut parser: lexopt::Parser) -> Result<Self, Error> {
        let (mut kernel, mut output, mut contents) = (None, None, Contents::default());
        let mut usual = Vec::new();
        while let Some(argument) = parser.next().map_err(usage)? {
            match argument {
                Long("kernel") => kernel = Some(parser.value().map_err(usage)?.into()),
                Long("output") => output = Some(parser.value().map_err(usage)?.into()),
                Long("program") => add_program(&mut contents, &parser.value().map_err(usage)?)?,
                Long("file") => add_file(&mut contents, &parser.value().map_err(usage)?)?,
                Long("tree") => add_tree(&mut contents, &parser.value().map_err(usage)?)?,
                Long("usual") => usual.push(parser.value().map_err(usage)?),
                other => return Err(usage(other.unexpected())),
            }
        }
        for value in &usual {
            let mut others = Contents::default();
            add_tree(&mut others, value)?;
            contents.add_missing(others)?;
        }
        match (kernel, output) {
            (Some(kernel), Some(output)) => Ok(Self { kernel, output, contents }),
            _ => Err(usage("--kernel and --output are needed")),
        }
    }
}

fn usage(problem: impl std::fmt::Display) -> Error {
    Error::Usage(format!("{problem}\n{USAGE}"))
}

fn add_program(contents: &mut Contents, value: &OsString) -> Result<(), Error> {
    let (name, source) = split(value)?;
    if name.contains(&b'/') {
        return Err(usage(format!("--program {}: a name without a slash", value.display())));
    }
    let (path, mode) = source_and_mode(source);
    let name = ArchivePath::new(&[b"/bin/", name].concat())?;
    contents.add_file(name, path, Some(mode.unwrap_or(Mode::DEFAULT)))
}

fn add_file(contents: &mut Contents, value: &OsString) -> Result<(), Error> {
    let (name, source) = split(value)?;
    let (path, mode) = source_and_mode(source);
    contents.add_file(ArchivePath::new(name)?, path, mode)
}

fn add_tree(contents: &mut Contents, value: &OsString) -> Result<(), Error> {
    // A directory's name may hold '=': the archive's name is what follows the last one.
    let bytes = value.as_bytes();
    let at = bytes.iter().rposition(|&byte| byte == b'=').ok_or_else(|| no_equals_sign(value))?;
    contents.add_tree(&bytes[at + 1..], Path::new(OsStr::from_bytes(&bytes[..at])))
}

fn split(value: &OsString) -> Result<(&[u8], &[u8]), Error> {
    let bytes = value.as_bytes();
    let at = bytes.iter().position(|&byte| byte == b'=').ok_or_else(|| no_equals_sign(value))?;
    Ok((&bytes[..at], &bytes[at + 1..]))
}

fn no_equals_sign(value: &OsString) -> Error {
    usage(format!("'{}' has no '='", value.display()))
}

/// `PATH:MODE` only if what follows the last colon is an octal mode; other colons belong to the path.
fn source_and_mode(source: &[u8]) -> (&Path, Option<Mode>) {
    let whole = || (Path::new(OsStr::from_bytes(source)), None);
    let Some(colon) = source.iter().rposition(|&byte| byte == b':') else {
        return whole();
    };
    let digits = std::str::from_utf8(&source[colon + 1..]).unwrap_or_default();
    match u32::from_str_radix(digits, 8) {
        Ok(mode) if mode <= 0o7777 && !digits.starts_with('+') => {
            (Path::new(OsStr::from_bytes(&source[..colon])), Some(Mode::new(mode)))
        }
        _ => whole(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mkimage::contents::Node;

    fn parse(arguments: &[&str]) -> Result<Options, Error> {
        Options::parse(lexopt::Parser::from_args(arguments))
    }

    #[test]
    fn programs_files_and_trees_come_together() {
        let root = tempfile::TempDir::new().unwrap();
        let program = root.path().join("odd=name:x");
        std::fs::write(&program, "code").unwrap();
        let program = program.to_str().unwrap();
        let options = parse(&[
            "--kernel=k.elf",
            "--output=k.img",
            &format!("--program=ls={program}:700"),
            &format!("--program=ps={program}"),
            &format!("--file=/etc/motd={program}:644"),
            &format!("--tree={}=/extra", root.path().display()),
        ])
        .unwrap();
        assert_eq!((options.kernel, options.output), ("k.elf".into(), "k.img".into()));
        let modes: Vec<_> = options
            .contents
            .iter()
            .filter_map(|(path, node)| match node {
                Node::File { mode, data } => Some((path.bytes(), mode.bits(), data.as_slice())),
                _ => None,
            })
            .take(3)
            .collect();
        let expected: [(&[u8], u32, &[u8]); 3] = [
            (b"bin/ls", 0o700, b"code"),
            (b"bin/ps", 0o755, b"code"),
            (b"etc/motd", 0o644, b"code"),
        ];
        assert_eq!(modes, expected);
    }

    #[test]
    fn a_usual_tree_gives_way_wherever_it_stands() {
        let [given, usual] = [(); 2].map(|()| tempfile::TempDir::new().unwrap());
        std::fs::write(given.path().join("motd"), "given").unwrap();
        for name in ["motd", "hosts"] {
            std::fs::write(usual.path().join(name), "usual").unwrap();
        }
        let options = parse(&[
            "--kernel=k.elf",
            "--output=k.img",
            &format!("--usual={}=/etc", usual.path().display()),
            &format!("--tree={}=/etc", given.path().display()),
        ]);
        let options = options.unwrap();
        let files = options.contents.iter().filter_map(|(path, node)| match node {
            Node::File { data, .. } => Some((path.bytes(), data.as_slice())),
            _ => None,
        });
        let expected: [(&[u8], &[u8]); 2] = [(b"etc/hosts", b"usual"), (b"etc/motd", b"given")];
        assert_eq!(files.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn mistakes_are_explained_with_the_usage() {
        for wrong in [&["--kernel=k"][..], &["--what"], &["word"], &["--program", "noequals"]] {
            let text = parse(wrong).unwrap_err().to_string();
            assert!(text.contains("usage: mkimage"), "{text}");
        }
    }

    #[test]
    fn a_program_name_is_one_word_below_bin() {
        assert!(matches!(parse(&["--program", "../x=/dev/null"]), Err(Error::Usage(_))));
        assert!(matches!(parse(&["--program", "..=/dev/null"]), Err(Error::BadName(..))));
    }
}
