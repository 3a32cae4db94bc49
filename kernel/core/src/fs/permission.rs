//! Who may do what to a file: owner, group and other, and what root may besides.

use crate::process::Credentials;
use abi::file::{S_IFDIR, S_IFMT};
use bitflags::bitflags;

bitflags! {
    /// What a caller wants to do; the values are those of `faccessat` and of a mode's octal digit.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Want: u32 {
        /// Execute, or look a name up in a directory.
        const EXECUTE = 1;
        /// Write, or change the names in a directory.
        const WRITE = 2;
        /// Read.
        const READ = 4;
    }
}

/// The sticky bit: in such a directory only the owners take names away.
pub const STICKY: u32 = 0o1000;

/// Mode and owner of a file or a region.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Permissions {
    /// Permission bits; for a file with its type.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

impl Permissions {
    /// Whether the caller may do all that it wants.
    ///
    /// The first of owner, group and other that applies decides. Root may all, except execute
    /// what has no execute bit at all.
    pub fn allow(self, caller: Credentials, want: Want) -> bool {
        if caller.uid == 0 {
            return !want.contains(Want::EXECUTE) || self.mode & 0o111 != 0 || self.is_directory();
        }
        let granted = if caller.uid == self.uid {
            self.mode >> 6
        } else if caller.is_in(self.gid) {
            self.mode >> 3
        } else {
            self.mode
        };
        granted & want.bits() == want.bits()
    }

    /// Whether the caller is the owner, or root.
    pub const fn is_owned_by(self, caller: Credentials) -> bool {
        caller.uid == 0 || caller.uid == self.uid
    }

    /// Whether the caller may take a name away from `file` in the directory that has these
    /// permissions: the right to write to the directory, and in a sticky one to be an owner.
    pub fn allow_removal(self, caller: Credentials, file: Self) -> bool {
        self.allow(caller, Want::WRITE.union(Want::EXECUTE))
            && (self.mode & STICKY == 0 || file.is_owned_by(caller) || self.is_owned_by(caller))
    }

    const fn is_directory(self) -> bool {
        self.mode & S_IFMT == S_IFDIR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: Credentials = Credentials { uid: 0, gid: 0 };
    const OWNER: Credentials = Credentials { uid: 7, gid: 8 };
    const MEMBER: Credentials = Credentials { uid: 1, gid: 8 };
    const OTHER: Credentials = Credentials { uid: 1, gid: 1 };

    fn file(mode: u32) -> Permissions {
        Permissions { mode, uid: 7, gid: 8 }
    }

    #[test]
    fn the_first_class_that_applies_decides() {
        assert!(!file(0o077).allow(OWNER, Want::READ));
        assert!(!file(0o707).allow(MEMBER, Want::READ));
        assert!(file(0o704).allow(OTHER, Want::READ));
        assert!(!file(0o704).allow(OTHER, Want::READ | Want::WRITE));
    }

    #[test]
    fn root_executes_only_what_somebody_may_execute() {
        assert!(file(0).allow(ROOT, Want::READ | Want::WRITE));
        assert!(!file(0o666).allow(ROOT, Want::EXECUTE));
        assert!(file(0o001).allow(ROOT, Want::EXECUTE));
        assert!(file(S_IFDIR).allow(ROOT, Want::EXECUTE));
    }

    #[test]
    fn in_a_sticky_directory_only_owners_remove() {
        let directory = Permissions { mode: S_IFDIR | 0o1777, uid: 0, gid: 0 };
        assert!(directory.allow_removal(OWNER, file(0o600)));
        assert!(!directory.allow_removal(OTHER, file(0o666)));
        assert!(directory.allow_removal(ROOT, file(0o600)));
        let open = Permissions { mode: S_IFDIR | 0o777, uid: 0, gid: 0 };
        assert!(open.allow_removal(OTHER, file(0o600)));
    }
}
