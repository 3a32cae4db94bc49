//! `openat`: finding a file or making it, and the checks before it is open.

use super::namespace::{Namespace, PathContext};
use super::node::{FileSystem, NewFile, Node, NodeRef, Opening};
use super::open_file::OpenFile;
use super::origin::Located;
use super::permission::Want;
use super::shortcut::is_plain_file;
use super::walk::{Follow, Last, Slash, Walk};
use abi::Errno;
use abi::file::{OpenFlags, S_IFMT, S_IFREG, S_IFSOCK};
use alloc::sync::Arc;

enum Found {
    Existing(Located),
    /// Its mode binds later opens, not the one that made it.
    Created(Located),
}

impl Namespace {
    /// Opens the file at the end of a path.
    pub fn open(
        &self,
        context: &PathContext<'_>,
        path: &[u8],
        flags: OpenFlags,
        mode: u32,
    ) -> Result<Arc<OpenFile>, Errno> {
        let how = Opening { flags, mode: mode & !context.umask, caller: context.credentials };
        if is_usual(flags)
            && let Some(at) = self.shortcut(path)
            && let Some(outcome) = at.node.open_below(at.rest, &how)
        {
            return outcome;
        }
        self.open_by_steps(context, path, flags, mode)
    }

    /// As [`Self::open`], where finding the file and opening it are two things.
    #[inline(never)]
    fn open_by_steps(
        &self,
        context: &PathContext<'_>,
        path: &[u8],
        flags: OpenFlags,
        mode: u32,
    ) -> Result<Arc<OpenFile>, Errno> {
        loop {
            match self.try_open(context, path, flags, mode) {
                // What was found has gone with its last user: look again.
                Err(Errno::ESTALE) => {}
                outcome => return outcome,
            }
        }
    }

    fn try_open(
        &self,
        context: &PathContext<'_>,
        path: &[u8],
        flags: OpenFlags,
        mode: u32,
    ) -> Result<Arc<OpenFile>, Errno> {
        if flags.is_path() {
            return self.open_path(context, path, flags);
        }
        check_flags(flags)?;
        if let Some(outcome) = self.open_by_shortcut(context, path, flags, mode) {
            return outcome;
        }
        let found = if flags.contains(OpenFlags::CREATE) {
            self.find_or_create(context, path, flags, mode)?
        } else {
            Found::Existing(self.locate(context, path, follow_of(flags))?)
        };
        match found {
            Found::Created(located) => OpenFile::located(located, flags),
            Found::Existing(located) => {
                check_open(&*located.node, located.limit, context, flags)?;
                truncate_if_asked(OpenFile::located(located, flags)?)
            }
        }
    }

    /// Opens or makes a plain file right below a mount point; `None` if it takes a walk.
    fn open_by_shortcut(
        &self,
        context: &PathContext<'_>,
        path: &[u8],
        flags: OpenFlags,
        mode: u32,
    ) -> Option<Result<Arc<OpenFile>, Errno>> {
        let at = self.shortcut(path)?.below(context.credentials)?;
        match at.plain_file() {
            Ok(Some(_)) if flags.contains(OpenFlags::CREATE | OpenFlags::EXCLUSIVE) => {
                Some(Err(Errno::EEXIST))
            }
            Ok(Some(file)) => Some(match check_open(&*file, Want::all(), context, flags) {
                Ok(()) => at.open(file, flags).and_then(truncate_if_asked),
                Err(error) => Err(error),
            }),
            Err(Errno::ENOENT) if flags.contains(OpenFlags::CREATE) => {
                match create(at.node, at.name, context, mode) {
                    Err(Errno::EEXIST) => None,
                    outcome => Some(outcome.and_then(|file| at.open(file, flags))),
                }
            }
            _ => None,
        }
    }

    /// Opens the place in the tree only, for which no permission for the file is needed.
    fn open_path(
        &self,
        context: &PathContext<'_>,
        path: &[u8],
        flags: OpenFlags,
    ) -> Result<Arc<OpenFile>, Errno> {
        let kept = OpenFlags::PATH | OpenFlags::DIRECTORY | OpenFlags::NO_FOLLOW;
        let follow = follow_of(flags & OpenFlags::NO_FOLLOW);
        let located = self.locate(context, path, follow)?;
        if flags.contains(OpenFlags::DIRECTORY) && located.node.directory().is_none() {
            return Err(Errno::ENOTDIR);
        }
        OpenFile::located(located, flags & kept)
    }

    fn find_or_create(
        &self,
        context: &PathContext<'_>,
        path: &[u8],
        flags: OpenFlags,
        mode: u32,
    ) -> Result<Found, Errno> {
        let mut walk = Walk::begin(self, context, path)?;
        let mut last = walk.reach_last()?;
        loop {
            // A directory cannot be made so, nor opened to be written.
            let Last::Name(slash) = last else {
                let is_exclusive = flags.contains(OpenFlags::EXCLUSIVE);
                return Err(if is_exclusive { Errno::EEXIST } else { Errno::EISDIR });
            };
            match walk.look_up() {
                Ok(_) if flags.contains(OpenFlags::EXCLUSIVE) => return Err(Errno::EEXIST),
                Ok(node) if slash == Slash::Absent && is_plain_file(&*node) => {
                    return Ok(Found::Existing(walk.located(node)));
                }
                Ok(node) => {
                    let follows = follow_of(flags) == Follow::Yes;
                    if follows && let Some(target) = walk.jump(&node) {
                        return target.map(Found::Existing);
                    }
                    match node.link_target() {
                        Some(target) if follows => {
                            walk.follow(target, slash)?;
                            last = walk.reach_last()?;
                        }
                        None if slash == Slash::Present && node.directory().is_none() => {
                            return Err(Errno::ENOTDIR);
                        }
                        _ => return Ok(Found::Existing(walk.located(node))),
                    }
                }
                Err(Errno::ENOENT) if slash == Slash::Present => return Err(Errno::EISDIR),
                Err(Errno::ENOENT) => match create(walk.reached(), walk.name(), context, mode) {
                    // Somebody else made it since: look again.
                    Err(Errno::EEXIST) => {}
                    outcome => return Ok(Found::Created(walk.located(outcome?))),
                },
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whether a file is to be opened to read or write it, and no more is asked of it.
const fn is_usual(flags: OpenFlags) -> bool {
    let odd = OpenFlags::PATH.union(OpenFlags::DIRECTORY).union(OpenFlags::TEMPORARY);
    !flags.intersects(odd) && (flags.reads() || flags.writes())
}

fn check_flags(flags: OpenFlags) -> Result<(), Errno> {
    let has_access_mode = flags.reads() || flags.writes();
    if !has_access_mode {
        return Err(Errno::EINVAL);
    }
    if flags.contains(OpenFlags::TEMPORARY) {
        let is_sound = flags.contains(OpenFlags::DIRECTORY) && flags.writes();
        return Err(if is_sound { Errno::EOPNOTSUPP } else { Errno::EINVAL });
    }
    let both = OpenFlags::CREATE | OpenFlags::DIRECTORY;
    if flags.contains(both) { Err(Errno::EINVAL) } else { Ok(()) }
}

fn create(
    directory: &NodeRef,
    name: &[u8],
    context: &PathContext<'_>,
    mode: u32,
) -> Result<NodeRef, Errno> {
    if directory.is_read_only() {
        return Err(Errno::EROFS);
    }
    if !directory.permissions().allow(context.credentials, Want::WRITE | Want::EXECUTE) {
        return Err(Errno::EACCES);
    }
    directory.directory().ok_or(Errno::ENOTDIR)?.create_file(name, context.new_file(mode))
}

fn truncate_if_asked(file: Arc<OpenFile>) -> Result<Arc<OpenFile>, Errno> {
    if file.flags().contains(OpenFlags::TRUNCATE) && is_plain_file(&**file.node()) {
        file.node().set_length(0)?;
    }
    Ok(file)
}

impl PathContext<'_> {
    /// Owner and mode of a file that the caller makes.
    pub(super) const fn new_file(&self, mode: u32) -> NewFile {
        NewFile {
            mode: mode & 0o7777 & !self.umask,
            uid: self.credentials.uid,
            gid: self.credentials.gid,
        }
    }
}

const fn follow_of(flags: OpenFlags) -> Follow {
    let exclusive = OpenFlags::CREATE.union(OpenFlags::EXCLUSIVE);
    if flags.contains(OpenFlags::NO_FOLLOW) || flags.contains(exclusive) {
        Follow::No
    } else {
        Follow::Yes
    }
}

/// Fails unless the caller may open a file that exists; `limit` is the most that the way to it
/// allows.
fn check_open(
    node: &dyn Node,
    limit: Want,
    context: &PathContext<'_>,
    flags: OpenFlags,
) -> Result<(), Errno> {
    let permissions = node.permissions();
    let changes = flags.writes() || flags.contains(OpenFlags::TRUNCATE);
    if permissions.mode & S_IFMT == S_IFREG {
        if flags.contains(OpenFlags::DIRECTORY) {
            return Err(Errno::ENOTDIR);
        }
    } else {
        check_kind(node, flags, changes)?;
    }
    if changes && node.is_read_only() {
        return Err(Errno::EROFS);
    }
    let mut want = Want::empty();
    want.set(Want::READ, flags.reads());
    want.set(Want::WRITE, changes);
    if limit.contains(want) && permissions.allow(context.credentials, want) {
        return Ok(());
    }
    node.open_refused(context.credentials);
    Err(Errno::EACCES)
}

/// Fails unless a file that is none of the usual kind can be opened so.
fn check_kind(node: &dyn Node, flags: OpenFlags, changes: bool) -> Result<(), Errno> {
    if flags.contains(OpenFlags::DIRECTORY) && node.directory().is_none() {
        return Err(Errno::ENOTDIR);
    }
    if node.link_target().is_some() {
        return Err(Errno::ELOOP);
    }
    // These are opened once, when they are made: a link to a descriptor of theirs is for looking.
    let file_system = node.identity().file_system;
    if node.permissions().mode & S_IFMT == S_IFSOCK
        || node.is_private()
        || file_system == FileSystem::Events
    {
        return Err(Errno::ENXIO);
    }
    if node.directory().is_some() && (changes || flags.contains(OpenFlags::CREATE)) {
        return Err(Errno::EISDIR);
    }
    Ok(())
}
