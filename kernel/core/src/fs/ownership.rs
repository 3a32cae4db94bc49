//! Who owns a file and with which mode: chmod and chown, by path and by descriptor.

use super::node::{Node, NodeRef};
use super::open_file::OpenFile;
use crate::process::Credentials;
use abi::Errno;
use abi::file::{S_IFDIR, S_IFMT};

/// The bits of a mode that make a program run as its owner or group, which a new owner has not
/// granted. Without the right to execute, the group's bit means something else and stays.
pub(super) const fn granted_by(mode: u32) -> u32 {
    if mode & 0o010 == 0 { 0o4000 } else { 0o6000 }
}

/// A new owner and group; what is `None` stays.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct NewOwner {
    /// The user.
    pub uid: Option<u32>,
    /// The group.
    pub gid: Option<u32>,
}

impl NewOwner {
    /// From the numbers of a call, in which -1 stands for what stays.
    pub fn from_numbers(uid: u32, gid: u32) -> Self {
        let given = |number: u32| (number != u32::MAX).then_some(number);
        Self { uid: given(uid), gid: given(gid) }
    }
}

impl OpenFile {
    /// `fchmod`.
    pub fn set_mode(&self, mode: u32, caller: Credentials) -> Result<(), Errno> {
        set_mode(self.node(), mode, caller)
    }

    /// `fchown`.
    pub fn set_owner(&self, owner: NewOwner, caller: Credentials) -> Result<(), Errno> {
        set_owner(self.node(), owner, caller)
    }
}

/// `fchmodat`.
pub fn set_mode(node: &NodeRef, mode: u32, caller: Credentials) -> Result<(), Errno> {
    check_owner(&**node, caller)?;
    let mut mode = mode & 0o7777;
    let permissions = node.permissions();
    // Who is not in the file's group does not let others run it as that group.
    if !caller.is_root() && !caller.is_in(permissions.gid) && permissions.mode & S_IFMT != S_IFDIR {
        mode &= !0o2000;
    }
    node.set_mode(mode)
}

/// `fchownat`: root gives files to anybody; an owner may give one to a group that he is in.
pub fn set_owner(node: &NodeRef, owner: NewOwner, caller: Credentials) -> Result<(), Errno> {
    check_owner(&**node, caller)?;
    let now = node.permissions();
    let (uid, gid) = (owner.uid.unwrap_or(now.uid), owner.gid.unwrap_or(now.gid));
    let keeps = uid == now.uid && (gid == now.gid || caller.is_in(gid));
    if !caller.is_root() && !keeps {
        return Err(Errno::EPERM);
    }
    node.set_owner(uid, gid)?;
    let granted = now.mode & granted_by(now.mode);
    let is_program = now.mode & S_IFMT != S_IFDIR;
    if is_program && granted != 0 { node.set_mode(now.mode & 0o7777 & !granted) } else { Ok(()) }
}

fn check_owner(node: &dyn Node, caller: Credentials) -> Result<(), Errno> {
    if node.is_read_only() {
        return Err(Errno::EROFS);
    }
    if node.permissions().is_owned_by(caller) { Ok(()) } else { Err(Errno::EPERM) }
}
