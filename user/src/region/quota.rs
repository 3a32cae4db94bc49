//! Quotas: how many pages of regions somebody may have.

use super::QuotaScope;
use crate::error::{Context, Result};
use crate::process;
use crate::syscall::region as call;
use abi::limits::PAGE_SIZE;
use abi::region::{QuotaRecord, UNLIMITED};
use alloc::format;
use alloc::string::String;

/// A quota, in pages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Quota {
    /// Pages at most; `None` without a limit.
    pub limit: Option<u64>,
    /// Pages charged.
    pub used: u64,
}

/// A quota of one region, of a process, of a user, or of those who have none of their own.
pub fn quota(scope: QuotaScope, number: u32) -> Result<Quota> {
    call::region_quota(scope, number, None).context(subject(scope, number)).map(read)
}

/// Sets a quota, which only root can, and returns what it was.
pub fn set_quota(scope: QuotaScope, number: u32, limit: Option<u64>) -> Result<Quota> {
    let limit = limit.unwrap_or(UNLIMITED);
    call::region_quota(scope, number, Some(limit)).context(subject(scope, number)).map(read)
}

/// Which of the caller's quotas is in the way of a region of so many bytes, `more` of which are
/// new: for a message after `EDQUOT`.
pub fn excess(bytes: u64, more: u64) -> String {
    let [pages, more] = [bytes, more].map(|bytes| bytes.div_ceil(PAGE_SIZE as u64));
    let subjects = [
        (QuotaScope::Region, 0, pages),
        (QuotaScope::Process, process::id().0, more),
        (QuotaScope::User, process::user(), more),
    ];
    for (scope, number, wanted) in subjects {
        let Ok(Quota { limit: Some(limit), used }) = quota(scope, number) else { continue };
        let left = if scope == QuotaScope::Region { limit } else { limit.saturating_sub(used) };
        if wanted > left {
            let whose = subject(scope, number);
            return format!("{wanted} pages are over the {whose}: {left} of {limit} are left");
        }
    }
    String::from("over a quota")
}

fn read(record: QuotaRecord) -> Quota {
    Quota { limit: (record.limit != UNLIMITED).then_some(record.limit), used: record.used }
}

fn subject(scope: QuotaScope, number: u32) -> String {
    match scope {
        QuotaScope::Region => "quota of a region".into(),
        QuotaScope::Process => format!("quota of process {number}"),
        QuotaScope::User => format!("quota of user {number}"),
        QuotaScope::ProcessDefault => "quota of processes".into(),
        QuotaScope::UserDefault => "quota of users".into(),
    }
}
