//! Mounting and unmounting by call. What was unmounted so stays so until it is mounted by call.

use super::mount::KEPT;
use super::node::FatNode;
use super::volume::Volume;
use abi::Errno;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;

/// What may be done with the files of a mount.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// They are looked at.
    ReadOnly,
    /// All.
    ReadWrite,
}

/// Those who refer to the root directory whether anybody uses it or not: the tree of names.
const ROOT_REFERENCES: usize = 1;

fn kept() -> Result<&'static Arc<Volume>, Errno> {
    KEPT.get().ok_or(Errno::ENODEV)
}

/// How `/sd` is mounted, if it is.
pub fn mounted() -> Option<Access> {
    let volume = KEPT.get()?;
    volume.state().mounted.is_some().then(|| volume.access())
}

/// Mounts the card.
pub fn mount(access: Access) -> Result<(), Errno> {
    kept()?.mount_by_hand(access)
}

/// Changes what may be done with the files.
pub fn remount(access: Access) -> Result<(), Errno> {
    kept()?.remount(access)
}

/// Brings all changes to the card, which may then be taken out.
pub fn unmount() -> Result<(), Errno> {
    kept()?.unmount_by_hand()
}

impl Volume {
    fn access(&self) -> Access {
        match self.is_read_only.load(Ordering::Relaxed) {
            true => Access::ReadOnly,
            false => Access::ReadWrite,
        }
    }

    fn set_access(&self, access: Access) {
        self.is_read_only.store(access == Access::ReadOnly, Ordering::Relaxed);
    }

    /// `EBUSY` if it is mounted; `EBUSY` if somebody writes to the device, too.
    pub(super) fn mount_by_hand(&self, access: Access) -> Result<(), Errno> {
        let mut state = self.state();
        if state.mounted.is_some() {
            return Err(Errno::EBUSY);
        }
        let before = (self.access(), state.refusal);
        if before.1.is_some_and(|error| error != UNMOUNTED) {
            return Err(Errno::EIO);
        }
        self.set_access(access);
        state.refusal = None;
        drop(state);
        self.keeper.have_mounted(self).inspect_err(|_| {
            self.set_access(before.0);
            self.state().refusal = before.1;
        })
    }

    /// `EBUSY` if somebody may change a file that can only be looked at from then on.
    pub(super) fn remount(&self, access: Access) -> Result<(), Errno> {
        let before = self.access();
        let state = self.state();
        let mounted = state.mounted.as_ref().ok_or(Errno::EINVAL)?;
        // Nobody begins to change anything from here on.
        self.set_access(access);
        let nodes: Vec<_> = mounted.nodes().collect();
        drop(state);
        if access == Access::ReadWrite {
            return Ok(());
        }
        let is_busy = nodes.iter().any(|node| node.may_change());
        // What was stored before.
        let outcome = if is_busy { Err(Errno::EBUSY) } else { self.sync() };
        outcome.inspect_err(|_| self.set_access(before))
    }

    /// `EINVAL` if it is not mounted, `EBUSY` if somebody uses a file or directory.
    pub(super) fn unmount_by_hand(&self) -> Result<(), Errno> {
        // Fails if the card was pulled, after which nothing is mounted any more.
        let synced = self.sync();
        let mut state = self.state();
        let Some(mounted) = &mut state.mounted else {
            let was_mounted = synced.is_err();
            state.refusal = state.refusal.or(was_mounted.then_some(UNMOUNTED));
            return if was_mounted { Ok(()) } else { Err(Errno::EINVAL) };
        };
        synced?;
        self.let_go(mounted);
        if mounted.nodes().next().is_some() || self.root_references() > ROOT_REFERENCES {
            return Err(Errno::EBUSY);
        }
        // What has changed since.
        mounted.fs.sync().map_err(|error| super::error::errno(&error))?;
        state.mounted = None;
        state.refusal = Some(UNMOUNTED);
        drop(state);
        self.set_access(Access::ReadWrite);
        log::info!("/sd: unmounted");
        Ok(())
    }
}

/// What is told of files below a directory on which nothing is mounted.
const UNMOUNTED: Errno = Errno::ENODEV;

impl FatNode {
    /// Whether somebody can change it who has opened or mapped it already, or its room is yet to be given back.
    fn may_change(&self) -> bool {
        self.uses.lock().writers > 0
            || self.is_removed.load(Ordering::Acquire)
            || self.mapped_region().is_some_and(|region| region.has_writers())
    }
}
