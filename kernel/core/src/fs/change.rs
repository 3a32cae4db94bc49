//! The calls that change names: mkdir, link, unlink, rmdir, rename.

use super::namespace::{Namespace, PathContext};
use super::node::{Destination, Directory, NodeRef};
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
        let directory = self.node().permissions();
        if !directory.allow(context.credentials, Want::WRITE | Want::EXECUTE) {
            return Err(Errno::EACCES);
        }
        if directory.allow_removal(context.credentials, file.permissions()) {
            Ok(())
        } else {
            Err(Errno::EPERM)
        }
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

    /// `linkat`: a second name for a file; a symbolic link at the end of `old` is not followed.
    pub fn link(
        &self,
        old: (&PathContext<'_>, &[u8]),
        new: (&PathContext<'_>, &[u8]),
    ) -> Result<(), Errno> {
        let node = self.find(old.0, old.1, Follow::No)?;
        let target = Target::find(self, new.0, new.1, |_| Errno::EEXIST)?;
        if target.existing()?.is_some() {
            return Err(Errno::EEXIST);
        }
        if target.slash == Slash::Present {
            return Err(Errno::ENOENT);
        }
        if node.identity().file_system != target.node().identity().file_system {
            return Err(Errno::EXDEV);
        }
        target.check_new()?;
        if node.directory().is_some() {
            return Err(Errno::EPERM);
        }
        target.directory()?.link(target.walk.name(), &node)
    }

    /// `unlinkat` of a file.
    pub fn unlink(&self, context: &PathContext<'_>, path: &[u8]) -> Result<(), Errno> {
        settle(|| self.try_unlink(context, path))
    }

    fn try_unlink(&self, context: &PathContext<'_>, path: &[u8]) -> Result<(), Errno> {
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

    /// `renameat`: a file of the new name gives way in the same step.
    pub fn rename(
        &self,
        old: (&PathContext<'_>, &[u8]),
        new: (&PathContext<'_>, &[u8]),
    ) -> Result<(), Errno> {
        settle(|| self.try_rename(old, new))
    }

    fn try_rename(
        &self,
        old: (&PathContext<'_>, &[u8]),
        new: (&PathContext<'_>, &[u8]),
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
        from.check_slash(&node)?;
        to.check_slash(&node)?;
        from.check_removal(old.0, &node)?;
        match &replaced {
            Some(replaced) => to.check_removal(new.0, replaced)?,
            None => to.walk.check(Want::WRITE | Want::EXECUTE)?,
        }
        let is_directory = node.directory().is_some();
        if let Some(replaced) = &replaced {
            if replaced.identity() == node.identity() {
                return Ok(());
            }
            match (is_directory, replaced.directory().is_some()) {
                (true, false) => return Err(Errno::ENOTDIR),
                (false, true) => return Err(Errno::EISDIR),
                _ => {}
            }
        }
        // Its `..` changes with the directory.
        let moves = from.node().identity() != to.node().identity();
        if is_directory && moves && !node.permissions().allow(old.0.credentials, Want::WRITE) {
            return Err(Errno::EACCES);
        }
        let destination = Destination {
            directory: to.node(),
            name: to.walk.name(),
            replaced: replaced.map(|node| node.identity()),
        };
        from.directory()?.rename(from.walk.name(), node.identity(), &destination)
    }
}
