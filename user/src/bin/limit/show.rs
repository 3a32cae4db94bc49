//! The limits as a table.

use abi::limits::PAGE_SIZE;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use user::error::Result;
use user::print;
use user::region::{self, QuotaScope, quota};
use user::style::{self, Size};
use user::table::{Align, Table};
use user::units::Owner;
use user::{process, process::ProcessRecord};

/// Shows the general limits, and of processes and users those that have regions or a limit.
pub fn all() -> Result<()> {
    let columns = [("WHOSE", Align::Left), ("LIMIT", Align::Right), ("USED", Align::Right)];
    let mut table = style::table(&columns);
    let processes = process::list()?;
    row(&mut table, QuotaScope::Region, 0)?;
    let standard = row(&mut table, QuotaScope::ProcessDefault, 0)?;
    for ProcessRecord { pid, .. } in &processes {
        // One that has ended since is not shown.
        if let Ok(quota) = quota(QuotaScope::Process, *pid)
            && (quota.used != 0 || quota.limit != standard)
        {
            row(&mut table, QuotaScope::Process, *pid)?;
        }
    }
    let standard = row(&mut table, QuotaScope::UserDefault, 0)?;
    for uid in users(&processes)? {
        let quota = quota(QuotaScope::User, uid)?;
        if quota.used != 0 || quota.limit != if uid == 0 { None } else { standard } {
            row(&mut table, QuotaScope::User, uid)?;
        }
    }
    print!("{table}");
    Ok(())
}

/// The users who run something or have regions.
fn users(processes: &[ProcessRecord]) -> Result<BTreeSet<u32>> {
    let running = processes.iter().map(|record| record.uid);
    let charged = region::list()?.into_iter().map(|record| record.charged_uid);
    Ok(running.chain(charged).collect())
}

/// Adds a row, and returns the limit.
fn row(table: &mut Table, scope: QuotaScope, number: u32) -> Result<Option<u64>> {
    let quota = quota(scope, number)?;
    let used = match scope {
        // These are limits of many, whose use is not one number.
        QuotaScope::ProcessDefault | QuotaScope::UserDefault => String::new(),
        QuotaScope::Region => format!("{} in the longest", pages(Some(quota.used))),
        QuotaScope::Process | QuotaScope::User => pages(Some(quota.used)),
    };
    table.row([whose(scope, number), pages(quota.limit), used]);
    Ok(quota.limit)
}

/// Who has a limit, in words.
pub fn whose(scope: QuotaScope, number: u32) -> String {
    match scope {
        QuotaScope::Region => "each region".into(),
        QuotaScope::Process => format!("process {number}"),
        QuotaScope::User => format!("user {}", Owner(number)),
        QuotaScope::ProcessDefault => "each process".into(),
        QuotaScope::UserDefault => "each user but root".into(),
    }
}

/// An amount in words.
pub fn pages(amount: Option<u64>) -> String {
    match amount {
        None => "none".to_string(),
        Some(pages) => {
            let noun = if pages == 1 { "page" } else { "pages" };
            format!("{pages} {noun} ({})", Size(pages.saturating_mul(PAGE_SIZE as u64)))
        }
    }
}
