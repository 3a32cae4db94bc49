//! `region stat`.

use super::{Outcome, Words, describe};
use abi::limits::PAGE_SIZE;
use abi::region::RegionRecord;
use alloc::string::String;
use alloc::vec::Vec;
use user::options::{Parsed, only, plain};
use user::println;
use user::region::{RegionFlags, RegionState, Seals};
use user::style::{self, Size, Style};
use user::units::Owner;

/// Tells all that is known of one region.
pub fn run(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let record = describe::find(only(&plain, "region")?)?;
    identity(&record);
    use_of(&record);
    integrity(&record);
    Ok(Parsed::Run(0))
}

fn identity(record: &RegionRecord) {
    let pages = record.length.div_ceil(PAGE_SIZE as u64);
    println!("name         {}", describe::name(record));
    println!("number       {}", record.id);
    println!("size         {} bytes ({})", record.length, Size(record.length));
    println!("maximum      {} bytes ({})", record.maximum, Size(record.maximum));
    println!("pages        {} of {pages} hold memory", record.resident_pages);
    println!("mode         {:03o}", record.mode & 0o777);
    println!("owner        {} (group {})", Owner(record.uid), Owner(record.gid));
    println!("charged to   {}", Owner(record.charged_uid));
    let flags = describe::flag_names(RegionFlags::from_bits_truncate(record.flags));
    println!("flags        {}", words(flags));
    println!(
        "seals        {}",
        words(describe::seal_names(Seals::from_bits_truncate(record.seals)))
    );
    if record.address != 0 {
        println!("address      {:#x} in every process", record.address);
    }
}

fn use_of(record: &RegionRecord) {
    println!(
        "users        {} ({} descriptors, {} views)",
        record.users, record.descriptors, record.views
    );
    println!("readers      {} processes map it to read", record.readers);
    println!("writers      {} processes map it to write", record.writers);
    println!("opens        {}", record.opens);
    println!("faults       {} made a page", record.faults);
    println!("changes      {}", record.changes);
}

fn integrity(record: &RegionRecord) {
    match record.lock_owner {
        0 => println!("lock         free"),
        pid => println!("lock         held by process {}", describe::process(pid)),
    }
    if describe::state(record).contains(RegionState::DIRTY) {
        let dirty = Style::Red.paint(style::colour(), "DIRTY");
        println!("state        {dirty}: a process died while it held the lock");
    } else {
        println!("state        clean");
    }
}

fn words(names: impl Iterator<Item = &'static str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "none".into() } else { names.join(" ") }
}
