//! The file system in the slot: what is mounted, and which of its files are referred to.
//!
//! One lock, whose holder may sleep, is around all that the crate keeps. A node holds one pin of
//! the crate's for its file; where the last reference to it goes, spin locks may be held, so it is
//! only noted then and let go by whoever has the lock next.
//!
//! A card that is pulled takes its mount along: nodes of an earlier mount are input/output errors.

use super::device::CardBlocks;
use super::error::{self, Error};
use super::mount::Keeper;
use super::names;
use super::node::FatNode;
use crate::fs::node::NodeRef;
use crate::fs::slot::{Claim, Slot};
use crate::sched::{SleepGuard, SleepLock};
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicUsize};
use hadris_fat::sync::FatFs;
use hadris_fs::{Name, NodeId};
use spin::Once;

/// Which mount a node belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mount {
    /// Whatever is in the slot: the root directory's.
    Any,
    /// The one with this number.
    Number(u64),
}

/// Why an operation failed: the file system said so, or the kernel did.
pub enum Failure {
    /// The file system or the card.
    Card(Error),
    /// What the caller asked for.
    Call(Errno),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Card(error)
    }
}

impl From<Errno> for Failure {
    fn from(error: Errno) -> Self {
        Self::Call(error)
    }
}

/// A mounted file system.
pub struct Mounted {
    /// It.
    pub fs: Box<FatFs<CardBlocks>>,
    /// Which mount it is.
    pub number: u64,
    /// The files that are referred to, by their numbers.
    nodes: BTreeMap<NodeId, Weak<FatNode>>,
    /// Keeps others from writing to the card.
    _claim: Claim,
}

/// What is in the slot.
pub struct State {
    /// The file system, if it is mounted.
    pub mounted: Option<Mounted>,
    /// Mounts so far.
    pub mounts: u64,
    /// Why nothing is mounted any more: somebody has unmounted it, or the machine is about to go off.
    pub refusal: Option<Errno>,
}

/// A file that nobody refers to any more.
struct Left {
    mount: u64,
    id: NodeId,
    is_removed: bool,
}

/// The file system in a slot.
pub struct Volume {
    /// Where the card is.
    pub slot: Arc<Slot>,
    /// Who looks after it.
    pub keeper: Keeper,
    /// Whether nobody may change anything.
    pub is_read_only: AtomicBool,
    state: SleepLock<State>,
    root: Once<Weak<FatNode>>,
    left: Lock<Vec<Left>>,
    /// The files whose bytes are in memory, until nobody has them any more.
    pub(super) mapped: SleepLock<Vec<Arc<FatNode>>>,
    /// Which of them gives memory back next.
    pub(super) hand: AtomicUsize,
}

impl Volume {
    /// The file system in this slot, which nobody has looked into.
    pub const fn new(slot: Arc<Slot>) -> Self {
        let state = State { mounted: None, mounts: 0, refusal: None };
        Self {
            slot,
            keeper: Keeper::new(),
            is_read_only: AtomicBool::new(false),
            state: SleepLock::new(state),
            root: Once::new(),
            left: Lock::new(Rank::CardLeft, Vec::new()),
            mapped: SleepLock::new(Vec::new()),
            hand: AtomicUsize::new(0),
        }
    }

    /// The node that stands for the root directory of whatever is mounted.
    pub fn set_root(&self, root: Weak<FatNode>) {
        self.root.call_once(|| root);
    }

    /// How many refer to the root directory, its place in the tree of names among them.
    pub fn root_references(&self) -> usize {
        self.root.get().map_or(0, Weak::strong_count)
    }

    /// What is in the slot.
    pub fn state(&self) -> SleepGuard<'_, State> {
        self.state.lock()
    }

    /// Does something with the mount, which for the root directory is made if there is none.
    pub fn with<T>(
        &self,
        mount: Mount,
        operation: impl FnOnce(&mut Mounted) -> Result<T, Failure>,
    ) -> Result<T, Errno> {
        let mut state = self.state_of(mount)?;
        let mounted = state.mounted.as_mut().ok_or(Errno::EIO)?;
        self.let_go(mounted);
        match operation(mounted) {
            Ok(value) => Ok(value),
            Err(Failure::Call(errno)) => Err(errno),
            Err(Failure::Card(error)) => {
                if error::is_absent(&error) {
                    log::warn!("/sd: the card has gone");
                    state.mounted = None;
                }
                Err(error::errno(&error))
            }
        }
    }

    /// As [`Self::with`], for what may change the card: it is synced when nothing has changed for a
    /// while.
    pub fn change<T>(
        &self,
        mount: Mount,
        operation: impl FnOnce(&mut Mounted) -> Result<T, Failure>,
    ) -> Result<T, Errno> {
        let outcome = self.with(mount, operation);
        self.keeper.note_change();
        outcome
    }

    fn state_of(&self, mount: Mount) -> Result<SleepGuard<'_, State>, Errno> {
        loop {
            let state = self.state.lock();
            match (&state.mounted, mount) {
                (Some(_), Mount::Any) => return Ok(state),
                (Some(mounted), Mount::Number(number)) if mounted.number == number => {
                    return Ok(state);
                }
                (_, Mount::Number(_)) => return Err(Errno::EIO),
                (None, Mount::Any) => drop(state),
            }
            self.keeper.have_mounted(self)?;
        }
    }

    /// Notes that nobody refers to a node any more; called under any lock.
    pub fn leave(&self, mount: u64, id: NodeId, is_removed: bool) {
        self.left.lock().push(Left { mount, id, is_removed });
        if is_removed {
            self.keeper.note_news();
        }
    }

    /// Remembers a file whose bytes are in memory.
    pub fn keep_mapped(&self, node: &Arc<FatNode>) {
        self.mapped.lock().push(node.clone());
        self.keeper.note_change();
    }

    /// The files whose bytes are in memory.
    pub fn mapped(&self) -> Vec<Arc<FatNode>> {
        self.mapped.lock().clone()
    }

    /// Brings to the card what views have stored, and lets the bytes go that nobody has any more;
    /// whether some are left.
    pub fn write_back(&self) -> Result<bool, Errno> {
        let mut outcome = Ok(());
        for node in self.mapped() {
            outcome = node.write_back().and(outcome);
            if outcome.is_err() && node.is_lost() {
                node.forget_stores();
            }
            if node.let_region_go() {
                self.mapped.lock().retain(|other| !Arc::ptr_eq(other, &node));
            }
        }
        self.restrain();
        outcome.map(|()| !self.mapped.lock().is_empty())
    }

    /// Lets the files go that nobody refers to any more.
    pub fn let_go(&self, mounted: &mut Mounted) {
        let left = core::mem::take(&mut *self.left.lock());
        for left in left.into_iter().filter(|left| left.mount == mounted.number) {
            if left.is_removed {
                let name = names::of_removed(left.id);
                let root = mounted.fs.root();
                if let Err(error) = mounted.fs.unlink(root, Name::new(&name)) {
                    log::warn!("/sd: a removed file keeps its room until the next mount: {error}");
                }
            }
            mounted.fs.forget(left.id, 1);
            // Somebody may have found the file again meanwhile.
            if mounted.nodes.get(&left.id).is_some_and(|node| node.strong_count() == 0) {
                mounted.nodes.remove(&left.id);
            }
        }
    }

    /// The node for a file whose pin the caller hands over.
    pub fn node(self: &Arc<Self>, mounted: &mut Mounted, id: NodeId) -> Result<NodeRef, Failure> {
        if id == mounted.fs.root() {
            let root = self.root.get().and_then(Weak::upgrade);
            return Ok(root.ok_or(Errno::EIO)?);
        }
        if let Some(node) = mounted.live(id) {
            mounted.fs.forget(id, 1);
            return Ok(node);
        }
        let made = mounted
            .fs
            .stat(id)
            .map(|metadata| FatNode::new(self.clone(), mounted.number, id, &metadata));
        match made {
            Ok(node) => {
                mounted.nodes.insert(id, Arc::downgrade(&node));
                Ok(node)
            }
            Err(error) => {
                mounted.fs.forget(id, 1);
                Err(error.into())
            }
        }
    }
}

impl Mounted {
    /// A file system that was mounted just now.
    pub const fn new(fs: Box<FatFs<CardBlocks>>, claim: Claim, number: u64) -> Self {
        Self { fs, number, nodes: BTreeMap::new(), _claim: claim }
    }

    /// The files that are referred to, all but the root directory.
    pub fn nodes(&self) -> impl Iterator<Item = Arc<FatNode>> {
        self.nodes.values().filter_map(Weak::upgrade)
    }

    /// The node of a file that is referred to.
    pub fn live(&self, id: NodeId) -> Option<Arc<FatNode>> {
        self.nodes.get(&id).and_then(Weak::upgrade)
    }

    /// The file of a name.
    pub fn find(&mut self, directory: NodeId, name: &Name) -> Result<NodeId, Error> {
        let id = self.fs.lookup(directory, name)?;
        self.fs.forget(id, 1);
        Ok(id)
    }
}
