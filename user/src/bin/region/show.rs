//! `region ls` and `region stat`.

use abi::limits::PAGE_SIZE;
use alloc::format;
use alloc::string::{String, ToString};
use user::error::Result;
use user::options::usage;
use user::region::{self, Region, RegionFlags, RegionRecord};
use user::style::{self, Size};
use user::table::Align;
use user::{print, println};

/// Lists all regions.
pub fn list(mut words: impl Iterator<Item = &'static str>) -> Result<()> {
    if words.next().is_some() {
        return Err(usage("ls lists all regions; stat shows one"));
    }
    let columns = [
        ("NAME", Align::Left),
        ("SIZE", Align::Right),
        ("PAGES", Align::Right),
        ("MODE", Align::Right),
        ("OWNER", Align::Right),
        ("USERS", Align::Right),
        ("VIEWS", Align::Right),
    ];
    let mut table = style::table(&columns);
    let mut records = region::list()?;
    records.sort_by(|one, other| one.name().cmp(other.name()));
    for record in records {
        table.row([
            name(&record),
            Size(record.length).to_string(),
            record.resident_pages.to_string(),
            format!("{:03o}", record.mode & 0o777),
            owner(&record),
            record.users.to_string(),
            record.views.to_string(),
        ]);
    }
    print!("{table}");
    Ok(())
}

/// Shows all that is known of one region.
pub fn stat(mut words: impl Iterator<Item = &'static str>) -> Result<()> {
    let (Some(wanted), None) = (words.next(), words.next()) else {
        return Err(usage("stat needs a name"));
    };
    let record = Region::open_with(wanted, RegionFlags::READ_ONLY)?.stat()?;
    let pages = record.length.div_ceil(PAGE_SIZE as u64);
    println!("name         {}", name(&record));
    println!("number       {}", record.id);
    println!("size         {} bytes", record.length);
    println!("pages        {} of {pages} hold memory", record.resident_pages);
    println!("mode         {:03o}", record.mode & 0o777);
    println!("owner        {} (group {})", owner(&record), record.gid);
    // This program is a user too, by the descriptor that it asks through.
    println!("users        {}", record.users.saturating_sub(1));
    println!("descriptors  {}", record.descriptors.saturating_sub(1));
    println!("views        {}", record.views);
    Ok(())
}

fn name(record: &RegionRecord) -> String {
    match record.name() {
        [] => "(unlinked)".into(),
        name => String::from_utf8_lossy(name).into_owned(),
    }
}

fn owner(record: &RegionRecord) -> String {
    match record.uid {
        0 => "root".into(),
        uid => uid.to_string(),
    }
}
