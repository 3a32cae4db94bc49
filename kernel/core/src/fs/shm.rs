//! `/dev/shm`: a directory whose entries are the regions with names, and the file that a region
//! is. `/dev/shm/NAME` is the region named `/NAME`.

use super::node::{
    Destination, Directory, Fate, FileSystem, Identity, Item, Name, NewFile, Node, NodeRef,
    Opening, Place, Waiting, Written, name_from,
};
use super::open_file::OpenFile;
use super::permission::{Permissions, Want};
use super::shortcut::is_plain_name;
use super::time::NewTimes;
use super::{fat, region_file, stat};
use crate::process::Credentials;
use crate::region::names::{self, Exclusive, Found};
use crate::region::quota::Account;
use crate::region::{Region, RegionAttributes, RegionSpec};
use crate::sync::{Lock, Rank};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, S_IFDIR, S_IFREG, Stat};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;

/// Held by writes that make a region longer.
static GROWTH: Lock<()> = Lock::new(Rank::FileAttributes, ());

/// No region has this number.
const ROOT_INODE: u64 = 0;

/// A region is a file itself.
impl Node for Region {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Regions, inode: self.id() }
    }

    fn permissions(&self) -> Permissions {
        let RegionAttributes { mode, uid, gid } = self.attributes();
        Permissions { mode: S_IFREG | mode & 0o7777, uid, gid }
    }

    fn stat(&self) -> Stat {
        let base = Stat { st_nlink: self.names(), ..stat::base(self) };
        stat::with_contents(base, self.length(), self.resident_pages())
    }

    fn read(&self, offset: u64, to: &mut UserBuffer<'_>, _: Waiting) -> Result<usize, Errno> {
        Self::read(self, offset, to)
    }

    fn write(&self, at: Place, from: &mut UserData<'_>, _: Waiting) -> Result<Written, Errno> {
        region_file::write(self, &GROWTH, at, from)
    }

    fn length(&self) -> u64 {
        Self::length(self)
    }

    fn set_length(&self, length: u64) -> Result<(), Errno> {
        region_file::set_length(self, &GROWTH, length).map_err(region_file::posix_errno)
    }

    fn set_mode(&self, mode: u32) -> Result<(), Errno> {
        Self::set_mode(self, mode);
        Ok(())
    }

    fn set_owner(&self, uid: u32, gid: u32) -> Result<(), Errno> {
        Self::set_owner(self, uid, gid);
        Ok(())
    }

    /// Regions keep no times: what is set is taken note of by nobody.
    fn set_times(&self, _: NewTimes) -> Result<(), Errno> {
        Ok(())
    }

    fn names_itself(&self) -> bool {
        true
    }

    fn label(&self) -> Option<String> {
        let record = self.record();
        let name = String::from_utf8_lossy(record.name());
        Some(if name.is_empty() { "/memfd: (deleted)".into() } else { format!("/dev/shm{name}") })
    }

    fn open(&self, flags: OpenFlags) -> Result<(), Errno> {
        self.begin_open(flags)
    }

    fn close(&self, flags: OpenFlags) {
        self.end_open(flags);
    }

    /// Its bytes may be those of a file on the card.
    fn synchronise(&self) -> Result<(), Errno> {
        fat::synchronise_region(self.id())
    }

    fn region(self: Arc<Self>) -> Result<Arc<Region>, Errno> {
        Ok(self)
    }

    fn open_refused(&self, caller: Credentials) {
        self.note_refusal(caller);
    }

    fn descriptor_added(&self) {
        self.add_descriptor();
    }

    fn descriptor_removed(&self) {
        self.remove_descriptor();
    }
}

/// The directory of the regions' names; anybody may make one, only owners remove them.
pub struct RegionDirectory;

fn attributes(file: NewFile) -> RegionAttributes {
    RegionAttributes { mode: file.mode, uid: file.uid, gid: file.gid }
}

impl Node for RegionDirectory {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Regions, inode: ROOT_INODE }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFDIR | 0o1777, uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        Stat { st_nlink: 2, ..stat::base(self) }
    }

    fn directory(&self) -> Option<&dyn Directory> {
        Some(self)
    }

    /// Everybody may look names up here and make some, so only the region itself is to be asked.
    fn open_below(&self, rest: &[u8], how: &Opening) -> Option<Result<Arc<OpenFile>, Errno>> {
        if !how.flags.contains(OpenFlags::CREATE) {
            // A rest that is no name is none of a region.
            return open_existing(names::find(rest)?, how);
        }
        open_or_make(rest, how)
    }

    fn unlink_below(&self, rest: &[u8], caller: Credentials) -> Option<Result<(), Errno>> {
        let outcome = names::unlink_if(rest, |region| {
            // What `shm_unlink` says; POSIX lets `unlink` say either.
            let may = self.permissions().allow_removal(caller, Node::permissions(region));
            if may { Ok(()) } else { Err(Errno::EACCES) }
        });
        // What is no name of a region has the walk tell why.
        (outcome != Err(Errno::ENOENT)).then_some(outcome)
    }
}

#[inline(never)]
fn open_or_make(rest: &[u8], how: &Opening) -> Option<Result<Arc<OpenFile>, Errno>> {
    if !is_plain_name(rest) || names::is_pool(rest) {
        return None;
    }
    let is_exclusive = how.flags.contains(OpenFlags::EXCLUSIVE);
    let exclusive = if is_exclusive { Exclusive::Yes } else { Exclusive::No };
    let Opening { mode, caller: Credentials { uid, gid }, flags } = *how;
    match names::create(rest, exclusive, || spec(NewFile { mode, uid, gid })) {
        Ok(Found::Created(region)) => Some(OpenFile::of_region(region, flags)),
        Ok(Found::Existing(region)) => open_existing(region, how),
        Err(error) => Some(Err(region_file::posix_errno(error))),
    }
}

/// Opens a region that somebody may have made for others; `None` if it has gone with its last user.
fn open_existing(region: Arc<Region>, how: &Opening) -> Option<Result<Arc<OpenFile>, Errno>> {
    let truncates = how.flags.contains(OpenFlags::TRUNCATE);
    let mut want = Want::empty();
    want.set(Want::READ, how.flags.reads());
    want.set(Want::WRITE, how.flags.writes() || truncates);
    if let Err(error) = region.check_access(how.caller, want) {
        return Some(Err(error));
    }
    match OpenFile::of_region(region, how.flags) {
        Err(Errno::ESTALE) => None,
        Ok(file) if truncates => Some(file.node().set_length(0).map(|()| file)),
        outcome => Some(outcome),
    }
}

/// What `open` makes for its caller.
fn spec(file: NewFile) -> RegionSpec {
    RegionSpec::posix(attributes(file), Account::of_caller(file.uid))
}

impl Directory for RegionDirectory {
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno> {
        let region = names::open(name).ok_or(Errno::ENOENT)?;
        Ok(region)
    }

    fn parent(&self) -> Option<NodeRef> {
        None
    }

    fn name_of(&self, _child: Identity) -> Option<Name> {
        None
    }

    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        let (name, region) = names::next(name)?;
        let mode = S_IFREG | region.attributes().mode & 0o7777;
        Some(Item { name: name_from(&name).ok()?, inode: region.id(), mode })
    }

    fn create_file(&self, name: &[u8], file: NewFile) -> Result<NodeRef, Errno> {
        if names::is_pool(name) {
            return Err(Errno::EPERM);
        }
        match names::create(name, Exclusive::Yes, || spec(file))
            .map_err(region_file::posix_errno)?
        {
            Found::Created(region) | Found::Existing(region) => Ok(region),
        }
    }

    fn create_link(&self, _: &[u8], _: &[u8], _: NewFile) -> Result<(), Errno> {
        Err(Errno::EPERM)
    }

    fn create_special(&self, _: &[u8], _: NewFile, _: NodeRef) -> Result<(), Errno> {
        Err(Errno::EPERM)
    }

    fn create_directory(&self, _name: &[u8], _file: NewFile) -> Result<(), Errno> {
        // Names of regions have no second slash.
        Err(Errno::EPERM)
    }

    /// A region gets one more name, and a file of the card's its first: it is a named region then.
    fn link(&self, name: &[u8], node: &NodeRef) -> Result<(), Errno> {
        if node.identity().file_system == FileSystem::Card {
            return names::give(&node.clone().mapping()?, name);
        }
        let node: Arc<dyn core::any::Any + Send + Sync> = node.clone();
        let region = node.downcast::<Region>().map_err(|_| Errno::EXDEV)?;
        names::link(&region, name)
    }

    fn unlink(&self, name: &[u8], expected: Identity) -> Result<(), Errno> {
        names::unlink_if(name, |region| {
            if region.id() == expected.inode { Ok(()) } else { Err(Errno::ESTALE) }
        })
    }

    fn remove_directory(&self, _name: &[u8], _expected: Identity) -> Result<(), Errno> {
        Err(Errno::ENOTDIR)
    }

    fn rename(&self, name: &[u8], file: Identity, to: &Destination<'_>) -> Result<(), Errno> {
        if to.fate == Fate::Exchanged {
            return Err(Errno::EINVAL);
        }
        let replaced = to.replaced.map(|identity| identity.inode);
        names::rename(name, file.inode, to.name, replaced)
    }
}
