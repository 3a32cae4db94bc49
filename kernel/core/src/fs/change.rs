//! The calls that change names: mkdir, link, unlink, rmdir, rename.

use super::namespace::{Namespace, PathContext, check};
use super::node::{Destination, Directory, Fate, FileSystem, NewFile, Node, NodeRef};
use super::permission::Want;
use super::walk::{Follow, Last, Slash, Walk};
use abi::Errno;

/// A directory and a name in it, which may or may not exist.
struct Target<'a> {
    walk: Walk<'a>,
    slash: Slash,
}

impl<'a> Target<'a> {
    /// The target at the end of a path; one that ends in `.`, `..` or `/` gives `special`.
    fn find(
        namespace: &'a Namespace,
        context: &PathContext<'_>,
        path: &'a [u8],
        special: impl FnOnce(Last) -> Errno,
    ) -> Result<Self, Errno> {
        let mut walk = Walk::begin(namespace, context, path)?;
        match walk.reach_last()? {
            Last::Name(slash) => Ok(Self { walk, slash }),
            last => Err(special(last)),
        }
    }

    fn node(&self) -> &NodeRef {
        self.walk.reached()
    }

    fn directory(&self) -> Result<&dyn Directory, Errno> {
        self.node().directory().ok_or(Errno::ENOTDIR)
    }

    /// The file of the name, if there is one.
    fn existing(&self) -> Result<Option<NodeRef>, Errno> {
        match self.walk.look_up() {
            Ok(node) => Ok(Some(node)),
            Err(Errno::ENOENT) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Fails unless the name is free and the caller may use it.
    fn check_new(&self) -> Result<(), Errno> {
        if self.existing()?.is_some() {
            return Err(Errno::EEXIST);
        }
        self.check_writable()?;
        self.walk.check(Want::WRITE | Want::EXECUTE)
    }

    fn check_writable(&self) -> Result<(), Errno> {
        if self.node().is_read_only() { Err(Errno::EROFS) } else { Ok(()) }
    }

    /// Fails unless the caller may take the name away from the file.
    fn check_removal(&self, context: &PathContext<'_>, file: &NodeRef) -> Result<(), Errno> {
        check_removal(self.node(), context, file)
    }

    /// Fails if the path demanded a directory by its last `/` and the file is none.
    fn check_slash(&self, file: &NodeRef) -> Result<(), Errno> {
        if self.slash == Slash::Present && file.directory().is_none() {
            Err(Errno::ENOTDIR)
        } else {
            Ok(())
        }
    }
}

/// Fails unless the caller may take a name of the file out of the directory.
fn check_removal(
    directory: &NodeRef,
    context: &PathContext<'_>,
    file: &NodeRef,
) -> Result<(), Errno> {
    let permissions = directory.permissions();
    if !permissions.allow(context.credentials, Want::WRITE | Want::EXECUTE) {
        return Err(Errno::EACCES);
    }
    if permissions.allow_removal(context.credentials, file.permissions()) {
        Ok(())
    } else if directory.identity().file_system == FileSystem::Regions {
        // What `shm_unlink` says; POSIX lets `unlink` say either.
        Err(Errno::EACCES)
    } else {
        Err(Errno::EPERM)
    }
}

/// What `mknodat` makes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Plain {
    /// An empty file.
    File,
    /// A FIFO.
    Fifo,
}

/// What a rename does if the new name exists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    /// The file that has it loses it.
    Replace,
    /// The call fails.
    KeepNew,
    /// It has to, and both files change places.
    Exchange,
}

/// A file replaces no directory, nor the other way round.
fn check_kinds(replaced: &dyn Node, by: &dyn Node) -> Result<(), Errno> {
    match (by.directory().is_some(), replaced.directory().is_some()) {
        (true, false) => Err(Errno::ENOTDIR),
        (false, true) => Err(Errno::EISDIR),
        _ => Ok(()),
    }
}

/// Whether two names that lead to one file are one name in small and capital letters.
fn is_other_spelling(one: &Target<'_>, other: &Target<'_>) -> bool {
    one.node().identity().file_system == FileSystem::Card && one.walk.name() != other.walk.name()
}

/// Looks again as long as others change names between the look and the step.
fn settle(mut attempt: impl FnMut() -> Result<(), Errno>) -> Result<(), Errno> {
    loop {
        match attempt() {
            Err(Errno::ESTALE) => {}
            outcome => return outcome,
        }
    }
}

impl Namespace {
    /// `mkdirat`.
    pub fn make_directory(
        &self,
        context: &PathContext<'_>,
        path: &[u8],
        mode: u32,
    ) -> Result<(), Errno> {
        let target = Target::find(self, context, path, |_| Errno::EEXIST)?;
        target.check_new()?;
        target.directory()?.create_directory(target.walk.name(), context.new_file(mode & 0o1777))
    }

    /// `symlinkat`: a name that leads where the text says.
    pub fn make_link(
        &self,
        context: &PathContext<'_>,
        path: &[u8],
        text: &[u8],
    ) -> Result<(), Errno> {
        let target = Target::find(self, context, path, |_| Errno::EEXIST)?;
        target.check_new()?;
        if target.slash == Slash::Present {
            return Err(Errno::ENOENT);
        }
        let file = NewFile { mode: 0o777, ..context.new_file(0) };
        target.directory()?.create_link(target.walk.name(), text, file)
    }

    /// Gives a socket a name; the file stands for it.
    pub fn make_special(
        &self,
        context: &PathContext<'_>,
        path: &[u8],
        mode: u32,
        socket: NodeRef,
    ) -> Result<(), Errno> {
        let target = Target::find(self, context, path, |_| Errno::EEXIST)?;
        target.check_new()?;
        if target.slash == Slash::Present {
            return Err(Errno::ENOENT);
        }
        target.directory()?.create_special(target.walk.name(), context.new_file(mode), socket)
    }

    /// `mknodat`.
    pub fn make_node(
        &self,
        context: &PathContext<'_>,
        path: &[u8],
        mode: u32,
        kind: Plain,
    ) -> Result<(), Errno> {
        let target = Target::find(self, context, path, |_| Errno::EEXIST)?;
        target.check_new()?;
        if target.slash == Slash::Present {
            return Err(Errno::ENOENT);
        }
        let (directory, file) = (target.directory()?, context.new_file(mode));
        match kind {
            Plain::File => directory.create_file(target.walk.name(), file).map(drop),
            Plain::Fifo => directory.create_fifo(target.walk.name(), file),
        }
    }

    /// `linkat`: a second name for a file.
    pub fn link(
        &self,
        old: (&PathContext<'_>, &[u8], Follow),
        new: (&PathContext<'_>, &[u8]),
    ) -> Result<(), Errno> {
        let node = self.find(old.0, old.1, old.2)?;
        self.link_node(&node, new)
    }

    /// A second name for a file that was found already.
    pub fn link_node(&self, node: &NodeRef, new: (&PathContext<'_>, &[u8])) -> Result<(), Errno> {
        let target = Target::find(self, new.0, new.1, |_| Errno::EEXIST)?;
        if target.existing()?.is_some() {
            return Err(Errno::EEXIST);
        }
        if target.slash == Slash::Present {
            return Err(Errno::ENOENT);
        }
        let (from, to) = (node.identity().file_system, target.node().identity().file_system);
        match (from, to) {
            // The file becomes a region with a name, which its users may write.
            (FileSystem::Card, FileSystem::Regions) => {
                check(node, new.0.credentials, Want::READ | Want::WRITE)?;
            }
            _ if from != to => return Err(Errno::EXDEV),
            _ => {}
        }
        target.check_new()?;
        if node.directory().is_some() {
            return Err(Errno::EPERM);
        }
        target.directory()?.link(target.walk.name(), node)
    }

    /// `unlinkat` of a file.
    pub fn unlink(&self, context: &PathContext<'_>, path: &[u8]) -> Result<(), Errno> {
        if let Some(at) = self.shortcut(path)
            && let Some(outcome) = at.node.unlink_below(at.rest, context.credentials)
        {
            return outcome;
        }
        settle(|| self.try_unlink(context, path))
    }

    fn try_unlink(&self, context: &PathContext<'_>, path: &[u8]) -> Result<(), Errno> {
        if let Some(at) = self.shortcut(path).and_then(|at| at.below(context.credentials))
            && !at.node.is_read_only()
            && let Some(file) = at.plain_file()?
        {
            check_removal(at.node, context, &file)?;
            return at.directory.unlink(at.name, file.identity());
        }
        let target = Target::find(self, context, path, |_| Errno::EISDIR)?;
        target.check_writable()?;
        let node = target.walk.look_up()?;
        target.check_slash(&node)?;
        target.check_removal(context, &node)?;
        if node.directory().is_some() {
            return Err(Errno::EISDIR);
        }
        target.directory()?.unlink(target.walk.name(), node.identity())
    }

    /// `unlinkat` of a directory.
    pub fn remove_directory(&self, context: &PathContext<'_>, path: &[u8]) -> Result<(), Errno> {
        settle(|| self.try_remove_directory(context, path))
    }

    fn try_remove_directory(&self, context: &PathContext<'_>, path: &[u8]) -> Result<(), Errno> {
        let target = Target::find(self, context, path, |last| match last {
            Last::Parent => Errno::ENOTEMPTY,
            Last::Root => Errno::EBUSY,
            _ => Errno::EINVAL,
        })?;
        let node = target.walk.look_up()?;
        if self.is_mounted(&node) {
            return Err(Errno::EBUSY);
        }
        target.check_writable()?;
        target.check_removal(context, &node)?;
        if node.directory().is_none() {
            return Err(Errno::ENOTDIR);
        }
        target.directory()?.remove_directory(target.walk.name(), node.identity())
    }

    /// `renameat2`: a file of the new name gives way in the same step, gets the old name, or makes
    /// the call fail.
    pub fn rename(
        &self,
        old: (&PathContext<'_>, &[u8]),
        new: (&PathContext<'_>, &[u8]),
        rule: Rule,
    ) -> Result<(), Errno> {
        settle(|| self.try_rename(old, new, rule))
    }

    fn try_rename(
        &self,
        old: (&PathContext<'_>, &[u8]),
        new: (&PathContext<'_>, &[u8]),
        rule: Rule,
    ) -> Result<(), Errno> {
        let from = Target::find(self, old.0, old.1, |_| Errno::EBUSY)?;
        let to = Target::find(self, new.0, new.1, |_| Errno::EBUSY)?;
        if from.node().identity().file_system != to.node().identity().file_system {
            return Err(Errno::EXDEV);
        }
        let (node, replaced) = (from.existing()?, to.existing()?);
        if node.iter().chain(&replaced).any(|node| self.is_mounted(node)) {
            return Err(Errno::EBUSY);
        }
        from.check_writable()?;
        let node = node.ok_or(Errno::ENOENT)?;
        match (rule, &replaced) {
            (Rule::KeepNew, Some(_)) => return Err(Errno::EEXIST),
            (Rule::Exchange, None) => return Err(Errno::ENOENT),
            _ => {}
        }
        from.check_slash(&node)?;
        let exchanged = replaced.as_ref().filter(|_| rule == Rule::Exchange);
        to.check_slash(exchanged.unwrap_or(&node))?;
        from.check_removal(old.0, &node)?;
        match &replaced {
            Some(replaced) => to.check_removal(new.0, replaced)?,
            None => to.walk.check(Want::WRITE | Want::EXECUTE)?,
        }
        if let Some(replaced) = &replaced {
            // Two names of one file both stay; FAT has no second ones, but one in other letters.
            let is_same = replaced.identity() == node.identity();
            if is_same && (rule == Rule::Exchange || !is_other_spelling(&from, &to)) {
                return Ok(());
            }
            if rule != Rule::Exchange {
                check_kinds(&**replaced, &*node)?;
            }
        }
        // The `..` of a directory changes with where it is.
        let moves = from.node().identity() != to.node().identity();
        let moved = exchanged.into_iter().chain([&node]);
        let mut moved = moved.filter(|node| node.directory().is_some());
        let may_move = |node: &NodeRef| node.permissions().allow(old.0.credentials, Want::WRITE);
        if moves && !moved.all(may_move) {
            return Err(Errno::EACCES);
        }
        let destination = Destination {
            directory: to.node(),
            name: to.walk.name(),
            replaced: replaced.as_ref().map(|node| node.identity()),
            fate: if rule == Rule::Exchange { Fate::Exchanged } else { Fate::Replaced },
        };
        from.directory()?.rename(from.walk.name(), node.identity(), &destination)
    }
}
