//! `region ls`.

use super::{Outcome, Words, describe};
use abi::region::RegionRecord;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};
use user::options::{Argument, Parsed, parse, unknown, usage};
use user::region::{self, RegionFlags, RegionState, Seals};
use user::style::{self, Size};
use user::table::Align;
use user::units::Owner;
use user::{print, println};

/// How the list is shown.
enum Form {
    Table,
    Json,
}

/// Lists all regions with a name.
pub fn run(words: Words) -> Outcome {
    let mut form = Form::Table;
    let parsed = parse(words, |option, _| match option {
        Argument::Long("json") => {
            form = Form::Json;
            Ok(())
        }
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(plain) = parsed else { return Ok(Parsed::Help) };
    if !plain.is_empty() {
        return Err(usage("ls lists all regions; region stat shows one"));
    }
    let mut records = region::list()?;
    records.sort_by(|one, other| one.name().cmp(other.name()));
    match form {
        Form::Table => table(&records),
        Form::Json => {
            let records: Vec<Value> = records.iter().map(object).collect();
            println!("{}", Value::Array(records));
        }
    }
    Ok(Parsed::Run(0))
}

fn table(records: &[RegionRecord]) {
    let columns = [
        ("NAME", Align::Left),
        ("SIZE", Align::Right),
        ("PAGES", Align::Right),
        ("MODE", Align::Right),
        ("OWNER", Align::Right),
        ("USERS", Align::Right),
        ("VIEWS", Align::Right),
        ("CHANGES", Align::Right),
        ("IT IS", Align::Left),
    ];
    let mut table = style::table(&columns);
    for record in records {
        table.row([
            describe::name(record),
            Size(record.length).to_string(),
            record.resident_pages.to_string(),
            format!("{:03o}", record.mode & 0o777),
            Owner(record.uid).to_string(),
            record.users.to_string(),
            record.views.to_string(),
            record.changes.to_string(),
            properties(record),
        ]);
    }
    print!("{table}");
}

/// What sets the region apart from others.
fn properties(record: &RegionRecord) -> String {
    let state = describe::state(record);
    let seals = Seals::from_bits_truncate(record.seals);
    let mut words: Vec<&str> =
        describe::flag_names(RegionFlags::from_bits_truncate(record.flags)).collect();
    let now = [
        (!seals.is_empty(), "sealed"),
        (state.contains(RegionState::LOCKED), "locked"),
        (state.contains(RegionState::DIRTY), "DIRTY"),
    ];
    words.extend(now.iter().filter(|(holds, _)| *holds).map(|(_, word)| word));
    words.join(" ")
}

fn object(record: &RegionRecord) -> Value {
    let state = describe::state(record);
    let flags = describe::flag_names(RegionFlags::from_bits_truncate(record.flags));
    let seals = describe::seal_names(Seals::from_bits_truncate(record.seals));
    json!({
        "name": describe::name(record),
        "number": record.id,
        "length": record.length,
        "maximum": record.maximum,
        "resident_pages": record.resident_pages,
        "mode": format!("{:03o}", record.mode & 0o777),
        "uid": record.uid,
        "gid": record.gid,
        "charged_uid": record.charged_uid,
        "users": record.users,
        "descriptors": record.descriptors,
        "views": record.views,
        "readers": record.readers,
        "writers": record.writers,
        "opens": record.opens,
        "faults": record.faults,
        "changes": record.changes,
        "flags": flags.collect::<Vec<_>>(),
        "seals": seals.collect::<Vec<_>>(),
        "locked_by": (record.lock_owner != 0).then_some(record.lock_owner),
        "dirty": state.contains(RegionState::DIRTY),
        "address": (record.address != 0).then_some(record.address),
    })
}
