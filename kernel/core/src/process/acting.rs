//! Who a process acts as, and what it has said of how: its users and groups, its umask, its personality.

use super::credentials::{Credentials, Groups, Identity};
use super::object::{Process, State};
use alloc::sync::Arc;
use core::sync::atomic::Ordering;

impl Process {
    /// Who it is, for permission checks.
    #[inline]
    pub fn credentials(&self) -> Credentials {
        Credentials::from_bits(self.acts_as.load(Ordering::Relaxed))
    }

    /// Which of Linux's it asks for, and how; its children and programs do so, too.
    pub fn persona(&self) -> u32 {
        self.persona.load(Ordering::Relaxed)
    }

    /// Asks for another one.
    pub fn set_persona(&self, persona: u32) {
        self.persona.store(persona, Ordering::Relaxed);
    }

    /// Permission bits that creation leaves out.
    #[inline]
    pub fn umask(&self) -> u32 {
        self.umask.load(Ordering::Relaxed)
    }

    /// Lets creation leave out these bits; returns those before.
    pub fn set_umask(&self, umask: u32) -> u32 {
        self.umask.swap(umask, Ordering::Relaxed)
    }

    /// All that is known about who it is.
    pub fn identity(&self) -> Identity {
        Identity::clone(&self.state.lock().identity)
    }

    /// Makes it somebody else, if `change` allows that.
    pub fn change_identity<T>(&self, change: impl FnOnce(&mut Identity) -> T) -> T {
        self.change_identity_in(&mut self.state.lock(), change)
    }

    /// As [`Self::change_identity`], of the process's locked state.
    pub(super) fn change_identity_in<T>(
        &self,
        state: &mut State,
        change: impl FnOnce(&mut Identity) -> T,
    ) -> T {
        let identity = Arc::make_mut(&mut state.identity);
        let outcome = change(identity);
        self.acts_as.store(identity.credentials().to_bits(), Ordering::Relaxed);
        outcome
    }

    /// The groups that it is in besides its own.
    pub fn groups(&self) -> Groups {
        self.groups.lock().clone()
    }

    /// Puts it into other groups.
    pub fn set_groups(&self, groups: Groups) {
        *self.groups.lock() = groups;
    }

    /// Puts a child into its groups; mostly there are none.
    pub(super) fn share_groups_with(&self, child: &Self) {
        let groups = self.groups.lock();
        if !groups.is_empty() {
            let copy = groups.clone();
            drop(groups);
            child.set_groups(copy);
        }
    }

    /// Whether it is in this group besides its own.
    pub fn has_group(&self, group: u32) -> bool {
        self.groups.lock().contains(&group)
    }
}
