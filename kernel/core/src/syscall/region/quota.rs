//! Quotas.

use super::super::arguments::{load, store_if_asked};
use crate::process;
use crate::region::quota::{self, Subject};
use crate::sched;
use abi::Errno;
use abi::region::{QuotaRecord, QuotaScope};
use arch::addr::VirtAddr;

/// Tells a quota to anybody, and sets it for root; number 0 is the calling process.
pub fn quota(scope: u32, number: u32, new: VirtAddr, old: VirtAddr) -> Result<u64, Errno> {
    let scope = QuotaScope::from_number(scope).ok_or(Errno::EINVAL)?;
    let caller = sched::current_process();
    let ledger = match (scope, number) {
        (QuotaScope::Process, 0) => caller.ledger.clone(),
        (QuotaScope::Process, pid) => process::find(pid).ok_or(Errno::ESRCH)?.ledger.clone(),
        (QuotaScope::User, _) | (_, 0) => caller.ledger.clone(),
        _ => return Err(Errno::EINVAL),
    };
    let subject = match scope {
        QuotaScope::Region => Subject::Region,
        QuotaScope::Process => Subject::Process(&ledger),
        QuotaScope::User => Subject::User(number),
        QuotaScope::ProcessDefault => Subject::ProcessDefault,
        QuotaScope::UserDefault => Subject::UserDefault,
    };
    let before = quota::tell(subject);
    if new.value() != 0 {
        if !caller.credentials().is_root() {
            return Err(Errno::EPERM);
        }
        let QuotaRecord { limit, .. } = load(new)?;
        store_if_asked(old, &before)?;
        quota::set(subject, limit);
        return Ok(0);
    }
    store_if_asked(old, &before)?;
    Ok(0)
}
