//! `id`: tells who the process belongs to and whose rights count.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use user::error::Result;
use user::options::{Parsed, plain, usage};
use user::{env, println, process};

const HELP: &str = "usage: id
Tells the user and the group (uid, gid), those whose rights count (euid, egid), and
further groups.";

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    if !words.is_empty() {
        return Err(usage("id tells of itself only; ps shows users of processes"));
    }
    let further = process::groups();
    let further: Vec<String> = further.into_iter().map(named).collect();
    let groups =
        if further.is_empty() { String::new() } else { format!(" groups={}", further.join(",")) };
    println!(
        "uid={} gid={} euid={} egid={}{groups}",
        named(process::user()),
        named(process::user_group()),
        named(process::effective_user()),
        named(process::effective_user_group()),
    );
    Ok(())
}

/// A number, with the one name that there is.
fn named(number: u32) -> String {
    if number == 0 { "0(root)".into() } else { format!("{number}") }
}
