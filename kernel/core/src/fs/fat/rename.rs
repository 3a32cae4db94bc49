//! Renaming: over another file, in capitals alone, and two files that change places.

use super::names;
use super::node::FatNode;
use super::volume::{Failure, Mounted};
use crate::fs::node::{Destination, Fate, Identity};
use abi::Errno;
use hadris_fs::{ErrorKind, Name, NodeId, RenameMode};

/// A name in a directory.
#[derive(Clone, Copy)]
struct Entry<'a> {
    directory: NodeId,
    name: &'a Name,
}

impl FatNode {
    /// Gives the file of a name in this directory another name in that one.
    pub(super) fn rename_to(
        &self,
        name: &Name,
        file: Identity,
        directory: &Self,
        to: &Destination<'_>,
    ) -> Result<(), Errno> {
        let new_name = names::to_make(to.name)?;
        self.change_names(|mounted| {
            let id = self.expect(mounted, name, file)?;
            let found = match mounted.find(directory.id, new_name) {
                Ok(id) => Some(id),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(error.into()),
            };
            if found.map(NodeId::get) != to.replaced.map(|identity| identity.inode) {
                return Err(Errno::ESTALE.into());
            }
            let old = Entry { directory: self.id, name };
            let new = Entry { directory: directory.id, name: new_name };
            if to.fate == Fate::Exchanged {
                return exchange(mounted, old, new, id);
            }
            let replaced = found.filter(|found| *found != id);
            match replaced.and_then(|id| mounted.live(id)) {
                // A file that is used gives way first: the rename below finds nothing to replace.
                Some(node) if node.check_file().is_ok() => {
                    let mut is_done = false;
                    directory.take_name(mounted, new_name, node.id, |mounted| {
                        is_done = true;
                        rename(mounted, old, new)
                    })?;
                    if is_done { Ok(()) } else { rename(mounted, old, new) }
                }
                // Also if it is the same file: only the name is written anew.
                _ => rename(mounted, old, new),
            }
        })
    }
}

fn rename(mounted: &mut Mounted, old: Entry<'_>, new: Entry<'_>) -> Result<(), Failure> {
    let mode = RenameMode::Replace;
    Ok(mounted.fs.rename(old.directory, old.name, new.directory, new.name, mode)?)
}

/// Has two files change places; `id` is the first one's number.
///
/// Nobody sees a step of it but a power cut, which may leave the first file under the name that is between.
fn exchange(
    mounted: &mut Mounted,
    one: Entry<'_>,
    other: Entry<'_>,
    id: NodeId,
) -> Result<(), Failure> {
    let between = names::of_exchanged(id);
    let between = Entry { directory: one.directory, name: Name::new(&between) };
    let mode = RenameMode::NoReplace;
    mounted.fs.rename(one.directory, one.name, between.directory, between.name, mode)?;
    let outcome = rename(mounted, other, one).and_then(|()| {
        // Back to where they were: a directory cannot move into itself.
        rename(mounted, between, other).or_else(|error| rename(mounted, one, other).and(Err(error)))
    });
    outcome.or_else(|error| rename(mounted, between, one).and(Err(error)))
}
