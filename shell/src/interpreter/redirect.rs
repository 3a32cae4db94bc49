//! Redirections: files, descriptors and here-documents in place of descriptors.

use super::Shell;
use crate::expand;
use crate::syntax::{Redirection, RedirectionKind};
use crate::system::{Follow, OpenMode, Place, System};
use abi::Errno;
use abi::file::{S_IFMT, S_IFREG};
use abi::limits::OPEN_MAX;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The status of a redirection that cannot be done.
const FAILED: i32 = 2;
/// What a pipe is sure to take without a reader.
const PIPE_BYTES: usize = 4096;

/// The descriptors as they were: the number and the copy, if it was open.
pub(super) type Saved = Vec<(i32, Option<i32>)>;

impl<S: System> Shell<S> {
    /// Does redirections; what the descriptors were comes back. A failure is told and is a status.
    pub(super) fn redirect(&mut self, redirections: &[Redirection]) -> Result<Saved, i32> {
        let mut saved = Saved::new();
        for redirection in redirections {
            if let Err(message) = self.redirect_one(redirection, &mut saved) {
                self.complain(&message);
                self.put_back(saved);
                return Err(FAILED);
            }
        }
        Ok(saved)
    }

    /// Makes the descriptors what they were.
    pub(super) fn put_back(&mut self, saved: Saved) {
        for (descriptor, copy) in saved.into_iter().rev() {
            match copy {
                Some(copy) => {
                    // It cannot fail: both are in range and the copy is open.
                    let _ = self.system.duplicate(copy, descriptor);
                    self.system.close(copy);
                }
                None => self.system.close(descriptor),
            }
        }
    }

    /// Keeps the descriptors as redirections have made them.
    pub(super) fn keep(&mut self, saved: Saved) {
        for (_, copy) in saved {
            if let Some(copy) = copy {
                self.system.close(copy);
            }
        }
    }

    fn redirect_one(&mut self, redirection: &Redirection, saved: &mut Saved) -> Result<(), String> {
        let descriptor = checked(redirection.descriptor)?;
        if redirection.kind.is_here() {
            let word = redirection.here.get().cloned().unwrap_or_default();
            let text = expand::text(&word, self)?;
            let source = self.open_text(&text).map_err(|errno| format!("<<: {}", errno.text()))?;
            saved.push((descriptor, self.system.save(descriptor)));
            return self.move_to(source, descriptor);
        }
        let target = expand::text(&redirection.target, self)?;
        let mode = match redirection.kind {
            RedirectionKind::Read => OpenMode::Read,
            RedirectionKind::Write if self.state.options.protect_files => OpenMode::WriteNew,
            RedirectionKind::Append => OpenMode::Append,
            RedirectionKind::ReadWrite => OpenMode::ReadWrite,
            RedirectionKind::DuplicateInput | RedirectionKind::DuplicateOutput => {
                return self.copy_descriptor(&target, descriptor, saved);
            }
            _ => OpenMode::Write,
        };
        let is_file = |info: crate::system::FileInfo| info.mode & S_IFMT == S_IFREG;
        let mode = match mode {
            OpenMode::WriteNew
                if self.system.file_info(&target, Follow::Target).is_some_and(is_file) =>
            {
                return Err(format!("{target}: it exists (set -C protects it; >| overwrites it)"));
            }
            OpenMode::WriteNew => OpenMode::Write,
            mode => mode,
        };
        let source = self.system.open(&target, mode);
        let source = source.map_err(|errno| format!("{target}: {}", errno.text()))?;
        saved.push((descriptor, self.system.save(descriptor)));
        self.move_to(source, descriptor)
    }

    fn copy_descriptor(
        &mut self,
        target: &str,
        descriptor: i32,
        saved: &mut Saved,
    ) -> Result<(), String> {
        if target == "-" {
            saved.push((descriptor, self.system.save(descriptor)));
            self.system.close(descriptor);
            return Ok(());
        }
        let source = target.parse().ok().filter(|number| (0..OPEN_MAX as i32).contains(number));
        let source = source.ok_or_else(|| {
            format!("{target}: after & a descriptor's number must follow, as in 2>&1")
        })?;
        saved.push((descriptor, self.system.save(descriptor)));
        let copied = self.system.duplicate(source, descriptor);
        copied.map_err(|errno| format!("descriptor {source}: {}", errno.text()))
    }

    fn move_to(&mut self, source: i32, descriptor: i32) -> Result<(), String> {
        let moved = self.system.duplicate(source, descriptor);
        self.system.close(source);
        moved.map_err(|errno| format!("descriptor {descriptor}: {}", errno.text()))
    }

    /// A descriptor from which a text can be read; a copy of the shell writes a long one.
    fn open_text(&mut self, text: &str) -> Result<i32, Errno> {
        let (reader, writer) = self.system.pipe()?;
        let outcome = if text.len() <= PIPE_BYTES {
            self.system.write(writer, text.as_bytes())
        } else {
            let written = self.start(Place::Own, &mut |shell| {
                shell.system.close(reader);
                // Whoever reads may have read enough.
                let _ = shell.system.write(writer, text.as_bytes());
                Ok(0)
            });
            written.map(drop)
        };
        self.system.close(writer);
        match outcome {
            Ok(()) => Ok(reader),
            Err(errno) => {
                self.system.close(reader);
                Err(errno)
            }
        }
    }
}

fn checked(descriptor: u32) -> Result<i32, String> {
    i32::try_from(descriptor)
        .ok()
        .filter(|number| *number < OPEN_MAX as i32)
        .ok_or_else(|| format!("{descriptor}: descriptors go up to {}", OPEN_MAX - 1))
}
