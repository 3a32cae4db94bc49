//! `limit`: how many pages of regions may be had, and by whom.
#![no_std]
#![no_main]

extern crate alloc;

mod show;

use abi::Errno;
use alloc::format;
use user::error::{Error, Result};
use user::options::{Parsed, plain, usage};
use user::region::{self, QuotaScope};
use user::units::parse_pages;
use user::{env, println};

const HELP: &str = "usage: limit
       limit regions AMOUNT|none           any one region
       limit process PID AMOUNT|none       what a process has created
       limit processes AMOUNT|none         each process without a limit of its own
       limit user UID AMOUNT|none          what a user has created
       limit users AMOUNT|none             each user but root without one of his own

Without words, shows all limits and what of them is used. An AMOUNT is pages, or
bytes with a unit, like 40K or 16M. Only root changes limits. What exists stays:
a limit refuses creation and growth, with nothing half made.";

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    match words[..] {
        [] => show::all(),
        ["regions", amount] => set(QuotaScope::Region, 0, amount),
        ["processes", amount] => set(QuotaScope::ProcessDefault, 0, amount),
        ["users", amount] => set(QuotaScope::UserDefault, 0, amount),
        ["process", pid, amount] => set(QuotaScope::Process, number(pid)?, amount),
        ["user", uid, amount] => set(QuotaScope::User, number(uid)?, amount),
        ["regions" | "processes" | "users"] => {
            Err(usage("how much? pages, bytes like 16M, or none"))
        }
        ["process" | "user", ..] => Err(usage("whose, and how much?")),
        [other, ..] => Err(usage(format!("{other}: nothing that has a limit"))),
    }
}

fn number(text: &str) -> Result<u32> {
    match text {
        "root" => Ok(0),
        digits => digits.parse().map_err(|_| usage(format!("{text}: not a number"))),
    }
}

fn set(scope: QuotaScope, number: u32, amount: &str) -> Result<()> {
    let limit = match amount {
        "none" => None,
        text => Some(parse_pages(text).ok_or_else(|| {
            Error::message(format!("{text}: not an amount"))
                .advice("amounts are pages like 10, bytes like 40K, or none")
        })?),
    };
    let before = region::set_quota(scope, number, limit).map_err(explain)?;
    println!(
        "{}: {}, before {}",
        show::whose(scope, number),
        show::pages(limit),
        show::pages(before.limit)
    );
    Ok(())
}

fn explain(error: Error) -> Error {
    match error.errno() {
        Some(Errno::EPERM | Errno::EACCES) => error.problem("only root changes limits"),
        Some(Errno::ESRCH) => error.advice("ps shows which processes there are"),
        _ => error,
    }
}
