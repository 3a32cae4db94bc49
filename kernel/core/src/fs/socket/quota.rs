//! What a user's messages may take up while they wait to be received.
//!
//! A socket keeps its sender's account, so that a message costs an addition and no search.

use crate::room;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of messages of one user.
const BYTES_MAX: usize = 16 << 20;
/// Descriptors in messages of one user.
const RIGHTS_MAX: usize = 1024;

static USERS: Lock<BTreeMap<u32, Weak<Account>>> = Lock::new(Rank::SocketQuota, BTreeMap::new());

/// What messages of one user take up; lives as long as somebody may send for the user.
pub struct Account {
    uid: u32,
    bytes: AtomicUsize,
    rights: AtomicUsize,
}

/// A user's account.
pub fn account(uid: u32) -> Arc<Account> {
    let mut users = USERS.lock();
    if let Some(account) = users.get(&uid).and_then(Weak::upgrade) {
        return account;
    }
    let account =
        Arc::new(Account { uid, bytes: AtomicUsize::new(0), rights: AtomicUsize::new(0) });
    users.insert(uid, Arc::downgrade(&account));
    account
}

impl Account {
    /// Whose it is.
    pub const fn uid(&self) -> u32 {
        self.uid
    }

    /// The bytes in it.
    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let mut users = USERS.lock();
        // Not one that was opened since.
        if users.get(&self.uid).is_some_and(|account| account.strong_count() == 0) {
            users.remove(&self.uid);
            room::give_back_map(&mut users);
        }
    }
}

/// Adds to a sum, unless that makes it more than the limit.
fn add(sum: &AtomicUsize, count: usize, limit: usize) -> bool {
    let fits = count == 0 || sum.fetch_add(count, Ordering::Relaxed) + count <= limit;
    if !fits {
        sum.fetch_sub(count, Ordering::Relaxed);
    }
    fits
}

/// What an account is charged with, given back when it is dropped.
pub struct Charge {
    account: Arc<Account>,
    bytes: usize,
    rights: usize,
}

impl Charge {
    /// Charges the account; `ENOBUFS` or `ETOOMANYREFS` if that is too much.
    pub fn new(account: &Arc<Account>, bytes: usize, rights: usize) -> Result<Self, Errno> {
        if !add(&account.bytes, bytes, BYTES_MAX) {
            return Err(Errno::ENOBUFS);
        }
        let mut charge = Self { account: account.clone(), bytes, rights: 0 };
        if !add(&account.rights, rights, RIGHTS_MAX) {
            return Err(Errno::ETOOMANYREFS);
        }
        charge.rights = rights;
        Ok(charge)
    }

    /// Whether both are of one account.
    pub fn is_of_the_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.account, &other.account)
    }

    /// Takes over the bytes of another charge, whose message has become one with this one's.
    pub fn join(&mut self, mut other: Self) {
        // The message itself is counted once.
        let bytes = other.bytes.saturating_sub(super::stream::OVERHEAD);
        other.bytes -= bytes;
        self.bytes += bytes;
    }

    /// Gives some of the bytes back.
    pub fn give_back(&mut self, bytes: usize) {
        self.bytes -= bytes;
        self.account.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.account.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
        if self.rights > 0 {
            self.account.rights.fetch_sub(self.rights, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_one_account_which_is_forgotten_with_its_last_charge() {
        let charge = Charge::new(&account(79), BYTES_MAX, RIGHTS_MAX).unwrap();
        assert_eq!(Charge::new(&account(79), 1, 0).err(), Some(Errno::ENOBUFS));
        assert_eq!(Charge::new(&account(79), 0, 1).err(), Some(Errno::ETOOMANYREFS));
        assert!(Charge::new(&account(80), 1, 1).is_ok());
        drop(charge);
        assert!(Charge::new(&account(79), 1, 1).is_ok());
        assert!(!USERS.lock().contains_key(&79));
    }
}
