//! Who a process is.

use crate::fs::permission::Permissions;
use crate::sched;
use abi::Errno;
use abi::limits::GROUPS_MAX;
use heapless::Vec;

/// Supplementary groups.
pub type Groups = Vec<u32, GROUPS_MAX>;

/// A program's mode: it runs as its owner.
const SET_USER: u32 = 0o4000;
/// A program's mode: it runs as its group, if that may execute it.
const SET_GROUP: u32 = 0o2010;

/// User and group that permission checks are about; user 0 is root.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Credentials {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

impl Credentials {
    /// Both in one word, for a place that is read without a lock.
    pub const fn to_bits(self) -> u64 {
        self.uid as u64 | (self.gid as u64) << u32::BITS
    }

    /// From that word.
    pub const fn from_bits(bits: u64) -> Self {
        Self { uid: bits as u32, gid: (bits >> u32::BITS) as u32 }
    }

    /// Whether this is root.
    pub const fn is_root(self) -> bool {
        self.uid == 0
    }

    /// Whether it is in a group: its own, or one that the calling process is in besides.
    pub fn is_in(self, group: u32) -> bool {
        self.gid == group || sched::process_if_any().is_some_and(|process| process.has_group(group))
    }
}

/// The three users, or groups, that a process can switch between.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Identities {
    /// Who started it.
    pub real: u32,
    /// Who it acts as.
    pub effective: u32,
    /// Who it may become again.
    pub saved: u32,
}

/// Root's: any number may be taken, and the last of what there is; or not: a process takes only numbers
/// that it has already.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Privilege {
    /// Any.
    Root,
    /// Its own.
    None,
}

impl Privilege {
    /// What somebody has.
    pub const fn of(credentials: Credentials) -> Self {
        if credentials.is_root() { Self::Root } else { Self::None }
    }
}

/// What stands for "as it is" in a call.
const UNCHANGED: u32 = u32::MAX;

impl Identities {
    /// All three the same.
    pub const fn all(number: u32) -> Self {
        Self { real: number, effective: number, saved: number }
    }

    fn check(self, number: u32, privilege: Privilege) -> Result<(), Errno> {
        let own = [self.real, self.effective, self.saved, UNCHANGED];
        if privilege == Privilege::Root || own.contains(&number) {
            Ok(())
        } else {
            Err(Errno::EPERM)
        }
    }

    /// `setuid`: root changes all three for good, others only what they act as.
    pub fn set(&mut self, number: u32, privilege: Privilege) -> Result<(), Errno> {
        if number == UNCHANGED {
            return Err(Errno::EINVAL);
        }
        match privilege {
            Privilege::Root => *self = Self::all(number),
            Privilege::None if [self.real, self.saved].contains(&number) => self.effective = number,
            Privilege::None => return Err(Errno::EPERM),
        }
        Ok(())
    }

    /// `setreuid`: the real one, and the one that it acts as.
    pub fn set_two(
        &mut self,
        real: u32,
        effective: u32,
        privilege: Privilege,
    ) -> Result<(), Errno> {
        let may_be_real = [self.real, self.effective, UNCHANGED].contains(&real);
        if privilege == Privilege::None && !may_be_real {
            return Err(Errno::EPERM);
        }
        self.check(effective, privilege)?;
        let before = *self;
        self.real = or(real, before.real);
        self.effective = or(effective, before.effective);
        if real != UNCHANGED || effective != UNCHANGED && effective != before.real {
            self.saved = self.effective;
        }
        Ok(())
    }

    /// `setresuid`: all three.
    pub fn set_three(&mut self, wanted: Self, privilege: Privilege) -> Result<(), Errno> {
        for number in [wanted.real, wanted.effective, wanted.saved] {
            self.check(number, privilege)?;
        }
        self.real = or(wanted.real, self.real);
        self.effective = or(wanted.effective, self.effective);
        self.saved = or(wanted.saved, self.saved);
        Ok(())
    }
}

const fn or(number: u32, before: u32) -> u32 {
    if number == UNCHANGED { before } else { number }
}

/// All that is known about who a process is.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// Its users.
    pub users: Identities,
    /// Its groups.
    pub groups: Identities,
}

impl Identity {
    /// Who it acts as.
    pub const fn credentials(&self) -> Credentials {
        Credentials { uid: self.users.effective, gid: self.groups.effective }
    }

    /// What it may become.
    pub const fn privilege(&self) -> Privilege {
        if self.credentials().is_root() { Privilege::Root } else { Privilege::None }
    }

    /// Whether all of it remains when another program begins.
    pub(super) const fn outlives_exec(&self, program: Permissions) -> bool {
        let is_saved =
            self.users.saved == self.users.effective && self.groups.saved == self.groups.effective;
        is_saved && program.mode & (SET_USER | SET_GROUP & !0o777) == 0
    }

    /// What it is when another program begins, which may say that it runs as its owner or its group;
    /// what it acts as is what it may become again.
    pub(super) const fn after_exec(&mut self, program: Permissions) {
        if program.mode & SET_USER != 0 {
            self.users.effective = program.uid;
        }
        if program.mode & SET_GROUP == SET_GROUP {
            self.groups.effective = program.gid;
        }
        self.users.saved = self.users.effective;
        self.groups.saved = self.groups.effective;
    }
}

/// Whether who runs a program with these permissions acts as somebody else.
pub(super) const fn changes_identity(program: Permissions) -> bool {
    program.mode & SET_USER != 0 || program.mode & SET_GROUP == SET_GROUP
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIXED: Identities = Identities { real: 1, effective: 2, saved: 3 };

    #[test]
    fn root_that_becomes_somebody_stays_that() {
        let mut users = Identities::all(0);
        assert_eq!(users.set(7, Privilege::Root), Ok(()));
        assert_eq!(users, Identities::all(7));
        assert_eq!(users.set(0, Privilege::None), Err(Errno::EPERM));
        assert_eq!(users.set(u32::MAX, Privilege::Root), Err(Errno::EINVAL));
    }

    #[test]
    fn others_act_as_their_real_or_saved_user_and_nobody_else() {
        let mut users = MIXED;
        assert_eq!(users.set(3, Privilege::None), Ok(()));
        assert_eq!(users, Identities { effective: 3, ..MIXED });
        assert_eq!(users.set(2, Privilege::None), Err(Errno::EPERM));
    }

    #[test]
    fn setreuid_swaps_and_saves_what_the_process_then_acts_as() {
        let mut users = MIXED;
        assert_eq!(users.set_two(2, 1, Privilege::None), Ok(()));
        assert_eq!(users, Identities { real: 2, effective: 1, saved: 1 });
        let mut users = MIXED;
        assert_eq!(users.set_two(3, u32::MAX, Privilege::None), Err(Errno::EPERM));
        assert_eq!(users.set_two(u32::MAX, 1, Privilege::None), Ok(()));
        assert_eq!(users, Identities { real: 1, effective: 1, saved: 3 });
    }

    #[test]
    fn setresuid_takes_any_of_the_three_and_leaves_what_is_minus_one() {
        let mut users = MIXED;
        let wanted = Identities { real: 3, effective: u32::MAX, saved: 1 };
        assert_eq!(users.set_three(wanted, Privilege::None), Ok(()));
        assert_eq!(users, Identities { real: 3, effective: 2, saved: 1 });
        let wanted = Identities { real: 9, ..MIXED };
        assert_eq!(users.set_three(wanted, Privilege::None), Err(Errno::EPERM));
        assert_eq!(users.set_three(wanted, Privilege::Root), Ok(()));
        assert_eq!(users, wanted);
    }

    #[test]
    fn a_program_runs_as_its_owner_and_group_if_its_mode_says_so() {
        let before = Identity { users: Identities::all(7), groups: Identities::all(8) };
        let run = |mode| {
            let mut identity = before.clone();
            identity.after_exec(Permissions { mode, uid: 1, gid: 2 });
            identity
        };
        assert_eq!(run(0o755).users, before.users);
        let user = run(0o4755);
        assert_eq!(user.users, Identities { real: 7, effective: 1, saved: 1 });
        assert_eq!(user.groups, before.groups);
        assert_eq!(run(0o2755).groups, Identities { real: 8, effective: 2, saved: 2 });
        assert_eq!(run(0o2745).groups, before.groups, "its group does not execute it");
    }
}
