//! Redirections: opening files in place of descriptors.

use abi::file::F_DUPFD_CLOEXEC;
use alloc::string::String;
use alloc::vec::Vec;
use shell::syntax::{Redirection, RedirectionKind};
use user::fs::{self, File, OpenOptions, OwnedFd};
use user::io::STDIN;
use user::syscall::file::fcntl;

/// Where the shell keeps its own descriptors: above those that redirections name.
const FIRST_PRIVATE: u64 = 10;

/// A redirection with its target expanded.
pub struct Redirect {
    descriptor: i32,
    source: Source,
}

enum Source {
    File {
        path: String,
        options: OpenOptions,
    },
    Descriptor(i32),
    /// `>&-`: nothing, it is closed.
    Nothing,
}

impl Redirect {
    /// The redirection with `target`'s value; an error is a sentence for the user.
    pub fn new(redirection: &Redirection, target: String) -> Result<Self, String> {
        let options = match redirection.kind {
            RedirectionKind::Read => File::options().read(),
            RedirectionKind::Write => File::options().write().create().truncate(),
            RedirectionKind::Append => File::options().append().create(),
            RedirectionKind::Duplicate if target == "-" => {
                let descriptor = checked(redirection.descriptor)?;
                return Ok(Self { descriptor, source: Source::Nothing });
            }
            RedirectionKind::Duplicate => {
                let source = number(&target).ok_or_else(|| {
                    alloc::format!(
                        "{target}: after & a descriptor's number must follow, as in 2>&1"
                    )
                })?;
                let descriptor = checked(redirection.descriptor)?;
                return Ok(Self { descriptor, source: Source::Descriptor(source) });
            }
        };
        let descriptor = checked(redirection.descriptor)?;
        Ok(Self { descriptor, source: Source::File { path: target, options } })
    }

    fn apply(&self) -> Result<(), String> {
        let result = match &self.source {
            Source::File { path, options } => {
                options.open(path).and_then(|file| replace(file.into_fd(), self.descriptor))
            }
            Source::Nothing => {
                drop(OwnedFd::from_raw(self.descriptor));
                Ok(())
            }
            Source::Descriptor(source) => fs::dup_to(*source, self.descriptor),
        };
        result.map_err(|error| alloc::format!("{error}"))
    }
}

fn number(text: &str) -> Option<i32> {
    text.parse().ok().filter(|number| (0..abi::limits::OPEN_MAX as i32).contains(number))
}

fn checked(descriptor: u32) -> Result<i32, String> {
    i32::try_from(descriptor)
        .ok()
        .filter(|number| *number < abi::limits::OPEN_MAX as i32)
        .ok_or_else(|| {
            alloc::format!("{descriptor}: descriptors go up to {}", abi::limits::OPEN_MAX - 1)
        })
}

/// Does redirections for good, in their order.
pub fn apply(redirects: &[Redirect]) -> Result<(), String> {
    redirects.iter().try_for_each(Redirect::apply)
}

/// Makes standard input empty.
pub fn read_nothing() -> user::Result<()> {
    replace(File::open("/dev/null")?.into_fd(), STDIN)
}

/// Moves a descriptor to the number `target`.
pub fn replace(descriptor: OwnedFd, target: i32) -> user::Result<()> {
    fs::dup_to(descriptor.as_raw(), target)?;
    if descriptor.as_raw() == target {
        // It was opened in the right place, which was free.
        descriptor.into_raw();
    }
    Ok(())
}

/// The shell's own descriptors while a builtin has others; dropping it puts them back.
pub struct Saved {
    copies: Vec<(i32, Option<OwnedFd>)>,
}

/// Does redirections until the result is dropped.
pub fn apply_for_a_while(redirects: &[Redirect]) -> Result<Saved, String> {
    let mut saved = Saved { copies: Vec::new() };
    for redirect in redirects {
        let copy = fcntl(redirect.descriptor, F_DUPFD_CLOEXEC, FIRST_PRIVATE);
        // Nothing to keep means that the descriptor was closed.
        let copy = copy.ok().map(|copy| OwnedFd::from_raw(copy as i32));
        saved.copies.push((redirect.descriptor, copy));
        redirect.apply()?;
    }
    Ok(saved)
}

impl Drop for Saved {
    fn drop(&mut self) {
        for (descriptor, copy) in self.copies.drain(..).rev() {
            match copy {
                // It cannot fail: both descriptors are in range and the copy is open.
                Some(copy) => {
                    let _ = fs::dup_to(copy.as_raw(), descriptor);
                }
                None => drop(OwnedFd::from_raw(descriptor)),
            }
        }
    }
}
