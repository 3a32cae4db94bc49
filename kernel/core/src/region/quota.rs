//! Quotas: how many pages of regions somebody may have.
//!
//! A region is charged for its length, whether it holds memory or not: to the user who made it
//! and to the process that did. The books of a process live as long as it or one of its regions.
//! Who lowers a limit below what is in use takes nothing away: only growth is refused.

use crate::sched;
use crate::small_map::SmallMap;
use crate::sync::{Lock, Rank};
use abi::region::{QuotaRecord, UNLIMITED};
use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, Ordering};

/// What a user other than root may have where nothing else is set: 64 MiB.
const USER_DEFAULT: u64 = 16_384;
/// A limit that was not set: the default holds.
const UNSET: u64 = UNLIMITED - 1;

/// A quota leaves no room for what was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OverQuota;

impl From<OverQuota> for abi::Errno {
    fn from(_: OverQuota) -> Self {
        Self::EDQUOT
    }
}

/// What the regions of one process sum up to; changed only under the lock of the quotas.
#[derive(Debug)]
pub struct ProcessLedger {
    used: AtomicU64,
    limit: AtomicU64,
}

impl ProcessLedger {
    /// The books of a new process.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { used: AtomicU64::new(0), limit: AtomicU64::new(UNSET) })
    }
}

/// Whom a region is charged to.
#[derive(Clone, Debug)]
pub struct Account {
    /// The user.
    pub uid: u32,
    /// The process; none for what the kernel makes by itself.
    pub process: Option<Arc<ProcessLedger>>,
}

impl Account {
    /// The account of this user and of the process that makes the call.
    pub fn of_caller(uid: u32) -> Self {
        let process = sched::process_if_any().map(|process| process.ledger.clone());
        Self { uid, process }
    }
}

/// Whose quota is meant.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// Any one region.
    Region,
    /// A process.
    Process(&'a ProcessLedger),
    /// A user.
    User(u32),
    /// A process without a quota of its own.
    ProcessDefault,
    /// A user other than root without a quota of his own.
    UserDefault,
}

#[derive(Default)]
struct UserLedger {
    used: u64,
    limit: Option<u64>,
}

/// All limits, and what is used of them.
struct Quotas {
    region: u64,
    process_default: u64,
    user_default: u64,
    users: SmallMap<u32, UserLedger>,
    /// How many regions have so many pages: the last one is the longest.
    lengths: SmallMap<u64, u32>,
}

static QUOTAS: Lock<Quotas> = Lock::new(Rank::Quotas, Quotas::new());

impl Quotas {
    const fn new() -> Self {
        Self {
            region: UNLIMITED,
            process_default: UNLIMITED,
            user_default: USER_DEFAULT,
            users: SmallMap::new(),
            lengths: SmallMap::new(),
        }
    }

    fn process_limit(&self, ledger: &ProcessLedger) -> u64 {
        match ledger.limit.load(Ordering::Relaxed) {
            UNSET => self.process_default,
            limit => limit,
        }
    }

    fn user_limit(&self, uid: u32) -> u64 {
        let own = self.users.get(uid).and_then(|user| user.limit);
        own.unwrap_or(if uid == 0 { UNLIMITED } else { self.user_default })
    }

    fn user_used(&self, uid: u32) -> u64 {
        self.users.get(uid).map_or(0, |user| user.used)
    }

    /// Charges for `new` pages in place of `old`; less than before always succeeds.
    fn charge(&mut self, account: &Account, old: u64, new: u64) -> Result<(), OverQuota> {
        let process = account.process.as_deref();
        let process_used = process.map_or(0, |ledger| ledger.used.load(Ordering::Relaxed));
        let user_used = self.user_used(account.uid);
        if new > old {
            let more = new - old;
            let exceeds = |used: u64, limit: u64| limit != UNLIMITED && used + more > limit;
            let process_limit = process.map_or(UNLIMITED, |ledger| self.process_limit(ledger));
            if new > self.region
                || exceeds(process_used, process_limit)
                || exceeds(user_used, self.user_limit(account.uid))
            {
                return Err(OverQuota);
            }
        }
        if let Some(ledger) = process {
            ledger.used.store(process_used - old + new, Ordering::Relaxed);
        }
        self.set_user_used(account.uid, user_used - old + new);
        self.note_length(old, new);
        Ok(())
    }

    fn set_user_used(&mut self, uid: u32, used: u64) {
        let user = self.users.get_or_insert(uid, UserLedger::default);
        user.used = used;
        if user.used == 0 && user.limit.is_none() {
            self.users.remove(uid);
        }
    }

    fn note_length(&mut self, old: u64, new: u64) {
        if let Some(count) = self.lengths.get_mut(old) {
            *count -= 1;
            if *count == 0 {
                self.lengths.remove(old);
            }
        }
        if new > 0 {
            *self.lengths.get_or_insert(new, || 0) += 1;
        }
    }

    fn tell(&self, subject: Subject<'_>) -> QuotaRecord {
        let (limit, used) = match subject {
            Subject::Region => (self.region, self.lengths.last_key().unwrap_or(0)),
            Subject::Process(ledger) => {
                (self.process_limit(ledger), ledger.used.load(Ordering::Relaxed))
            }
            Subject::User(uid) => (self.user_limit(uid), self.user_used(uid)),
            Subject::ProcessDefault => (self.process_default, 0),
            Subject::UserDefault => (self.user_default, 0),
        };
        QuotaRecord { limit, used }
    }

    fn set(&mut self, subject: Subject<'_>, limit: u64) {
        match subject {
            Subject::Region => self.region = limit,
            Subject::Process(ledger) => {
                let limit = if limit == UNSET { UNLIMITED } else { limit };
                ledger.limit.store(limit, Ordering::Relaxed);
            }
            Subject::User(uid) => {
                self.users.get_or_insert(uid, UserLedger::default).limit = Some(limit)
            }
            Subject::ProcessDefault => self.process_default = limit,
            Subject::UserDefault => self.user_default = limit,
        }
    }
}

/// A limit and what is used of it.
pub fn tell(subject: Subject<'_>) -> QuotaRecord {
    QUOTAS.lock().tell(subject)
}

/// Sets a limit.
pub fn set(subject: Subject<'_>, limit: u64) {
    QUOTAS.lock().set(subject, limit);
}

/// What one region is charged for, until it is dropped.
pub struct Charge {
    account: Account,
    pages: u64,
}

impl Charge {
    /// A charge for nothing yet.
    pub const fn new(account: Account) -> Self {
        Self { account, pages: 0 }
    }

    /// The user who pays.
    pub const fn uid(&self) -> u32 {
        self.account.uid
    }

    /// Pages that are charged.
    pub const fn pages(&self) -> u64 {
        self.pages
    }

    /// Charges for so many pages in all; less than before always succeeds.
    pub fn resize(&mut self, pages: u64) -> Result<(), OverQuota> {
        if pages != self.pages {
            QUOTAS.lock().charge(&self.account, self.pages, pages)?;
            self.pages = pages;
        }
        Ok(())
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        let freed = self.resize(0);
        debug_assert!(freed.is_ok(), "a smaller charge is never refused");
    }
}

#[cfg(test)]
mod tests;
