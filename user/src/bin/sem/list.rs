//! `sem ls`.

use super::Words;
use alloc::format;
use alloc::string::{String, ToString};
use user::error::Result;
use user::options::{Parsed, plain, usage};
use user::posix::name::{DIRECTORY, SEMAPHORE_PREFIX};
use user::posix::{self, OpenFlags};
use user::style;
use user::table::Align;
use user::units::Owner;
use user::{fs, print};

/// Lists all semaphores with a name.
pub fn run(words: Words) -> Result<Parsed<i32>> {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    if !plain.is_empty() {
        return Err(usage("ls lists all semaphores; sem value shows one"));
    }
    let columns = [
        ("NAME", Align::Left),
        ("VALUE", Align::Right),
        ("WAIT", Align::Right),
        ("MODE", Align::Right),
        ("OWNER", Align::Right),
    ];
    let mut table = style::table(&columns);
    for name in posix::sem_list()? {
        // One that has gone since is not listed.
        if let Some(row) = row(name) {
            table.row(row);
        }
    }
    print!("{table}");
    Ok(Parsed::Run(0))
}

fn row(name: String) -> Option<[String; 5]> {
    let file = name.strip_prefix('/')?;
    let metadata = fs::metadata(&format!("{DIRECTORY}/{SEMAPHORE_PREFIX}{file}")).ok()?;
    let mode = format!("{:03o}", metadata.permissions() & 0o777);
    let owner = Owner(metadata.stat().st_uid).to_string();
    // Who may not open one sees that it is there, but not its value.
    let open = posix::sem_open(&name, OpenFlags::empty(), 0, 0).ok();
    let shown = |number: Option<u32>| number.map_or("?".into(), |number| number.to_string());
    let value = shown(open.as_ref().map(|semaphore| semaphore.value()));
    let waiters = shown(open.as_ref().map(|semaphore| semaphore.waiters()));
    Some([name, value, waiters, mode, owner])
}
