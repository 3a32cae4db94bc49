//! Files: the name space, the file systems in it, open files and descriptors.
//!
//! `node` says what a file of any kind is. File systems: `archive` (`/`), `tmpfs` (`/tmp`),
//! `device` (`/dev`), `shm` (`/dev/shm`, the regions), `proc` (`/proc` and `/sys`); without names:
//! `pipe`, `event`, `epoll`, `socket`, `mqueue`. `namespace` joins
//! them into one tree, `walk` follows paths in it, `open`, `change` and `ownership` are the calls
//! that take paths. `open_file` is what a descriptor in `descriptors` refers to, `inheritance` what
//! a child gets of descriptors.

mod archive;
mod byte_queue;
mod change;
mod check;
mod descriptors;
mod device;
mod directory;
pub mod epoll;
pub mod event;
mod fat;
pub mod inheritance;
mod link;
pub mod locks;
pub mod mqueue;
mod namespace;
mod node;
mod open;
mod open_file;
mod origin;
mod ownership;
pub mod permission;
pub mod pipe;
mod position;
mod proc;
pub mod random;
mod region_file;
mod shm;
mod shortcut;
pub mod size_limit;
mod slot;
pub mod socket;
pub mod stat;
pub mod statistics;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod times;
mod tmpfs;
mod transfer;
pub mod tty;
mod walk;

#[cfg(test)]
mod link_tests;
#[cfg(test)]
mod tests;

pub use archive::ArchiveError;
pub use change::{Plain, Rule};
pub use check::{keeps_bytes_in_memory, visit_files_in_memory};
pub use descriptors::{CloseOnExec, DescriptorTable, Fd};
pub use fat::{
    Access, cached_pages, mount, mounted, remount, shut_down, sync, synchronise_region, unmount,
};
pub use namespace::{Executable, Namespace, PathContext, check_access, read_link};
pub use node::{Fate, FileSystem, Identity, Node, NodeRef, Place, Seeking, Waiting};
pub use open_file::OpenFile;
pub use origin::Located;
pub use ownership::{NewOwner, set_mode, set_owner};
pub use proc::Text;
pub use time::NewTimes;
pub use times::TimesWanted;
pub use walk::Follow;

use crate::region::{Region, names};
use abi::Errno;
use abi::file::OpenFlags;
use alloc::sync::Arc;
use arch::addr::PhysAddr;
use core::fmt;
use node::NewFile;
use slot::Slot;
use spin::Once;

static NAMESPACE: Once<Namespace> = Once::new();

/// Why there is no name space to start with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MountError {
    /// The archive is damaged.
    Archive(ArchiveError),
    /// A file system could not be mounted.
    Mount(Errno),
}

impl fmt::Display for MountError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive(error) => error.fmt(formatter),
            Self::Mount(error) => write!(formatter, "a file system cannot be mounted: {error}"),
        }
    }
}

impl core::error::Error for MountError {}

impl From<Errno> for MountError {
    fn from(error: Errno) -> Self {
        Self::Mount(error)
    }
}

/// Makes the name space: the archive, which lies at `start` in memory, and the rest on top of it.
///
/// Called once, before any process.
pub fn mount_archive(start: PhysAddr, archive: &'static [u8]) -> Result<(), MountError> {
    tty::begin()?;
    let slot = Arc::new(Slot::new());
    let card = fat::create(slot.clone());
    let namespace = assemble(start, archive, &slot, card.clone())?;
    NAMESPACE.call_once(|| namespace);
    names::choose_hash_key();
    fat::keep(&card);
    Ok(())
}

/// The name space.
///
/// # Panics
///
/// If no archive is mounted: no process runs before that.
pub fn namespace() -> &'static Namespace {
    NAMESPACE.get().expect("invariant: the archive is mounted before the first process")
}

/// Opens a region; permissions are checked already. The same as opening `/dev/shm/NAME`.
pub fn open_region(region: Arc<Region>, flags: OpenFlags) -> Result<Arc<OpenFile>, Errno> {
    OpenFile::of_region(region, flags)
}

/// Opens a node that no path leads to; what it is says who may.
pub fn open_unnamed(node: NodeRef, flags: OpenFlags) -> Result<Arc<OpenFile>, Errno> {
    OpenFile::new(node, flags)
}

/// Joins the file systems: `card` is the one of the card in this slot.
fn assemble(
    start: PhysAddr,
    archive: &'static [u8],
    slot: &Arc<Slot>,
    card: NodeRef,
) -> Result<Namespace, MountError> {
    let root = archive::build(archive, start, &["dev", "proc", "sd", "sys", "tmp"])
        .map_err(MountError::Archive)?;
    let mut namespace = Namespace::new(root);
    namespace.mount(b"/dev", device::create(slot))?;
    namespace.mount(b"/dev/shm", Arc::new(shm::RegionDirectory))?;
    namespace.mount(b"/dev/pts", Arc::new(tty::TerminalDirectory))?;
    namespace.mount(b"/proc", proc::create())?;
    namespace.mount(b"/sys", proc::create_machine())?;
    namespace.mount(b"/sd", card)?;
    let temporary = NewFile { mode: 0o1777, uid: 0, gid: 0 };
    namespace.mount(b"/tmp", tmpfs::create(temporary)?)?;
    Ok(namespace)
}
