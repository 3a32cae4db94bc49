//! Who may do what to an object of System V's.

use crate::process::Credentials;
use abi::Errno;
use abi::ipc::IpcPermissions;

/// What is wanted of an object, as a digit of its mode.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Right {
    /// To read it.
    Read,
    /// To change it.
    Write,
    /// What all three digits of a mode say together, each of which may ask for something.
    Mode(u32),
}

impl Right {
    const fn bits(self) -> u32 {
        match self {
            Self::Read => 4,
            Self::Write => 2,
            Self::Mode(mode) => (mode >> 6 | mode >> 3 | mode) & 7,
        }
    }
}

/// Whom `IPC_SET` gives an object to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NewOwner {
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Permission bits.
    pub mode: u32,
}

/// Owner, maker and mode.
#[derive(Clone, Copy, Debug)]
pub struct Ownership {
    uid: u32,
    gid: u32,
    maker: Credentials,
    /// Permission bits.
    pub mode: u32,
}

impl Ownership {
    /// That of an object that the caller makes.
    pub const fn new(caller: Credentials, mode: u32) -> Self {
        Self { uid: caller.uid, gid: caller.gid, maker: caller, mode: mode & 0o777 }
    }

    /// Fails with `EACCES` unless the caller may do this.
    pub fn check(&self, caller: Credentials, right: Right) -> Result<(), Errno> {
        let granted = if caller.uid == self.uid || caller.uid == self.maker.uid {
            self.mode >> 6
        } else if caller.is_in(self.gid) || caller.is_in(self.maker.gid) {
            self.mode >> 3
        } else {
            self.mode
        };
        if caller.is_root() || right.bits() & !granted == 0 { Ok(()) } else { Err(Errno::EACCES) }
    }

    /// Fails with `EPERM` unless the caller may give the object away or take it away.
    pub const fn check_control(&self, caller: Credentials) -> Result<(), Errno> {
        let is_own = caller.uid == self.uid || caller.uid == self.maker.uid;
        if is_own || caller.is_root() { Ok(()) } else { Err(Errno::EPERM) }
    }

    /// Gives the object to somebody else; `EINVAL` for an owner that nobody can be.
    pub const fn set(&mut self, new: NewOwner) -> Result<(), Errno> {
        if new.uid == u32::MAX || new.gid == u32::MAX {
            return Err(Errno::EINVAL);
        }
        (self.uid, self.gid) = (new.uid, new.gid);
        self.mode = self.mode & !0o777 | new.mode & 0o777;
        Ok(())
    }

    /// What is told of it.
    pub fn told(&self, key: i32, id: u32) -> IpcPermissions {
        IpcPermissions {
            key,
            uid: self.uid,
            gid: self.gid,
            maker_uid: self.maker.uid,
            maker_gid: self.maker.gid,
            mode: self.mode,
            sequence: super::table::sequence_of(id),
            ..IpcPermissions::default()
        }
    }
}
