//! `/proc` and `/sys`: what the kernel tells of processes and of the machine, as Linux words it.
//!
//! `root` is the directory of all processes, `process` that of one, `descriptors` its `fd`, `tasks` its `task`. The texts
//! are written by `system` and `status`; `text` is the file that they are read from. Nodes are made
//! when they are looked up and know only numbers, so that they keep no process.

mod descriptors;
mod directory;
#[cfg(all(debug_assertions, target_os = "none"))]
mod fail_nth;
#[cfg(all(debug_assertions, target_os = "none"))]
mod locks;
mod name;
mod process;
mod root;
mod status;
mod system;
mod tasks;
mod text;
mod views;

#[cfg(test)]
mod tests;

use super::node::{FileSystem, Identity, NodeRef};
use super::permission::Permissions;
use abi::file::S_IFREG;
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use alloc::vec;
use directory::FixedDirectory;
pub use text::Text;
use text::{TextFile, Writer};

/// The directory `/proc`.
pub fn create() -> NodeRef {
    Arc::new_cyclic(|itself| root::Root::new(itself.clone()))
}

/// The directory `/sys`.
pub fn create_machine() -> NodeRef {
    let identity = |inode| Identity { file_system: FileSystem::Machine, inode };
    let file = |inode, write: fn(&mut Text)| -> NodeRef { plain(identity(inode), 0o444, write) };
    Arc::new_cyclic(|root: &Weak<FixedDirectory>| {
        let devices = Arc::new_cyclic(|devices: &Weak<FixedDirectory>| {
            let system = Arc::new_cyclic(|system: &Weak<FixedDirectory>| {
                let texts = vec![
                    ("online", file(5, system::online)),
                    ("possible", file(6, system::online)),
                    ("present", file(7, system::online)),
                ];
                let cpu = FixedDirectory::new(identity(4), system.clone(), texts);
                let entries = vec![("cpu", Arc::new(cpu) as NodeRef)];
                FixedDirectory::new(identity(3), devices.clone(), entries)
            });
            FixedDirectory::new(identity(2), root.clone(), vec![("system", system as NodeRef)])
        });
        FixedDirectory::new(identity(1), Weak::new(), vec![("devices", devices as NodeRef)])
    })
}

/// A file of root's that everybody may read.
fn plain(identity: Identity, mode: u32, write: fn(&mut Text)) -> NodeRef {
    let permissions = Permissions { mode: S_IFREG | mode, uid: 0, gid: 0 };
    let writer: Writer = Box::new(move |text| {
        write(text);
        Ok(())
    });
    Arc::new(TextFile::new(identity, permissions, writer))
}
