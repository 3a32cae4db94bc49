//! The call `openat2`: `openat` that refuses what it does not know, with limits for the way there.
//!
//! A way with limits is walked here step by step, with a stack of the directories above, so that
//! `..` leads to where the walk came from whatever is renamed meanwhile.

use super::arguments::{PathBuffer, load};
use super::file::insert;
use super::file_path::Place;
use crate::fs::{self, Fd, NodeRef, OpenFile, PathContext};
use abi::Errno;
use abi::file::{OpenFlags, OpenHow, Resolve};
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::VirtAddr;

/// Symbolic links on one way.
const LINKS_MAX: usize = 40;

pub fn openat2(directory: Fd, at: VirtAddr, how: VirtAddr, bytes: usize) -> Result<u64, Errno> {
    let how = load_how(how, bytes)?;
    let flags = u32::try_from(how.flags).ok().and_then(OpenFlags::from_bits);
    let flags = flags.ok_or(Errno::EINVAL)?;
    let resolve = Resolve::from_bits(how.resolve).ok_or(Errno::EINVAL)?;
    check(flags, how.mode, resolve)?;
    let mode = how.mode as u32;
    let mut buffer = PathBuffer::new();
    let path = buffer.read(at)?;
    let limits = resolve - Resolve::CACHED;
    // Where the directory is the root, that is where absolute paths begin, too.
    let start = if limits.contains(Resolve::IN_ROOT) { b"." } else { path };
    let place = Place::of_path(directory, start)?;
    let file = if limits.is_empty() {
        fs::namespace().open(&place.context(), path, flags, mode)?
    } else {
        Walk::new(place.context(), limits)?.open(path, flags, mode)?
    };
    insert(file, flags)
}

/// A structure that is longer than ours has to be zero there.
fn load_how(at: VirtAddr, bytes: usize) -> Result<OpenHow, Errno> {
    const KNOWN: usize = size_of::<OpenHow>();
    if bytes < KNOWN {
        return Err(Errno::EINVAL);
    }
    if bytes > abi::limits::PAGE_SIZE {
        return Err(Errno::E2BIG);
    }
    for offset in KNOWN..bytes {
        if load::<u8>(at.add(offset))? != 0 {
            return Err(Errno::E2BIG);
        }
    }
    load(at)
}

fn check(flags: OpenFlags, mode: u64, resolve: Resolve) -> Result<(), Errno> {
    let makes = flags.intersects(OpenFlags::CREATE | OpenFlags::TEMPORARY);
    let with_path =
        OpenFlags::PATH | OpenFlags::DIRECTORY | OpenFlags::NO_FOLLOW | OpenFlags::CLOSE_ON_EXEC;
    let is_wrong = mode & !0o7777 != 0
        || mode != 0 && !makes
        || flags.is_path() && !with_path.contains(flags)
        || resolve.contains(Resolve::BENEATH | Resolve::IN_ROOT);
    if is_wrong { Err(Errno::EINVAL) } else { Ok(()) }
}

/// A way with limits.
struct Walk<'a> {
    context: PathContext<'a>,
    limits: Resolve,
    /// From where the way begins, or its root, to where it has come.
    stack: Vec<NodeRef>,
    links: usize,
}

impl<'a> Walk<'a> {
    fn new(context: PathContext<'a>, limits: Resolve) -> Result<Self, Errno> {
        let mut stack = Vec::new();
        stack.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        stack.push(context.directory.unwrap_or(fs::namespace().root()).clone());
        Ok(Self { context, limits, stack, links: 0 })
    }

    fn here(&self) -> &NodeRef {
        let here = self.stack.last().or(self.context.directory);
        here.unwrap_or(fs::namespace().root())
    }

    fn open_here(&self, name: &[u8], flags: OpenFlags, mode: u32) -> Result<Arc<OpenFile>, Errno> {
        let context = PathContext {
            directory: Some(self.here()),
            credentials: self.context.credentials,
            umask: self.context.umask,
        };
        fs::namespace().open(&context, name, flags, mode)
    }

    /// Goes back to where absolute paths begin, unless they lead out.
    fn begin(&mut self, path: &[u8]) -> Result<(), Errno> {
        if path.first() != Some(&b'/') {
            return Ok(());
        }
        if self.limits.contains(Resolve::BENEATH) {
            return Err(Errno::EXDEV);
        }
        self.stack.truncate(1);
        if !self.limits.contains(Resolve::IN_ROOT) {
            let root = fs::namespace().root().clone();
            self.enter(root)?;
            self.stack.drain(..self.stack.len() - 1);
        }
        Ok(())
    }

    fn enter(&mut self, node: NodeRef) -> Result<(), Errno> {
        let file_system = |node: &NodeRef| node.identity().file_system;
        let crosses = file_system(&node) != file_system(self.here());
        if crosses && self.limits.contains(Resolve::NO_XDEV) {
            return Err(Errno::EXDEV);
        }
        self.stack.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        self.stack.push(node);
        Ok(())
    }

    fn go_up(&mut self) -> Result<(), Errno> {
        if self.stack.len() > 1 {
            self.stack.pop();
            return Ok(());
        }
        if self.limits.contains(Resolve::BENEATH) {
            return Err(Errno::EXDEV);
        }
        if self.limits.contains(Resolve::IN_ROOT) {
            return Ok(());
        }
        let above = self.open_here(b"..", OpenFlags::PATH | OpenFlags::DIRECTORY, 0)?;
        self.enter(above.node().clone())?;
        self.stack.remove(0);
        Ok(())
    }

    /// Where a symbolic link leads, if that is allowed.
    fn follow(&mut self, link: &NodeRef) -> Result<Vec<u8>, Errno> {
        let is_magic = link.jump().is_some();
        let refuses = Resolve::NO_SYMLINKS | Resolve::NO_MAGICLINKS;
        self.links += 1;
        if self.limits.contains(Resolve::NO_SYMLINKS)
            || is_magic && self.limits.intersects(refuses)
            || self.links > LINKS_MAX
        {
            return Err(Errno::ELOOP);
        }
        if is_magic {
            return Err(Errno::EXDEV);
        }
        fs::read_link(link)
    }

    fn open(mut self, path: &[u8], flags: OpenFlags, mode: u32) -> Result<Arc<OpenFile>, Errno> {
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        self.begin(path)?;
        let mut names = names_of(path);
        let mut ends_in_slash = path.last() == Some(&b'/');
        loop {
            let Some(name) = names.pop_front() else {
                return self.open_here(b".", flags, mode);
            };
            let is_last = names.is_empty();
            match name.as_slice() {
                b"." => continue,
                b".." => {
                    self.go_up()?;
                    continue;
                }
                _ => {}
            }
            let look = OpenFlags::PATH | OpenFlags::NO_FOLLOW;
            let found = self.open_here(&name, look, 0).map(|file| file.node().clone());
            let stays = is_last && flags.contains(OpenFlags::NO_FOLLOW) && !ends_in_slash;
            match found {
                Ok(node) if node.link_target().is_some() && !stays => {
                    let target = self.follow(&node)?;
                    self.begin(&target)?;
                    ends_in_slash |= is_last && target.last() == Some(&b'/');
                    for name in names_of(&target).into_iter().rev() {
                        names.push_front(name);
                    }
                }
                Ok(node) if !is_last => {
                    if node.directory().is_none() {
                        return Err(Errno::ENOTDIR);
                    }
                    self.enter(node)?;
                }
                Err(error) if !is_last => return Err(error),
                found => return self.open_last(name, found.ok(), ends_in_slash, flags, mode),
            }
        }
    }

    /// Opens what the way ends at, which is no link that is to be followed.
    fn open_last(
        mut self,
        mut name: Vec<u8>,
        found: Option<NodeRef>,
        ends_in_slash: bool,
        flags: OpenFlags,
        mode: u32,
    ) -> Result<Arc<OpenFile>, Errno> {
        if let Some(node) = found {
            self.enter(node)?;
            self.stack.pop();
        }
        if ends_in_slash {
            name.push(b'/');
        }
        let kept = if flags.is_path() { flags } else { flags | OpenFlags::NO_FOLLOW };
        self.open_here(&name, kept, mode)
    }
}

fn names_of(path: &[u8]) -> VecDeque<Vec<u8>> {
    let names = path.split(|byte| *byte == b'/').filter(|name| !name.is_empty());
    names.map(Vec::from).collect()
}
