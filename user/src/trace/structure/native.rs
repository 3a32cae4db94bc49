//! What Commons' own calls take and tell.

use super::load;
use crate::trace::names;
use crate::trace::quote::{pointer, quoted};
use crate::trace::value::octal;
use abi::memory::MemoryInfo;
use abi::offer::OfferRecord;
use abi::region::{ChangeKind, ChangeRecord, QuotaRecord, RegionRecord, RegionRequest};
use abi::system::SystemInfo;
use abi::topic::{FreedRecord, MessageRecord, TopicRecord, TopicRequest};
use abi::trace::{Set, Structure};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The structure that these bytes are, if it is one of these.
pub fn show(structure: Structure, bytes: &[u8]) -> Option<String> {
    Some(match structure {
        Structure::RegionRequest => region_request(&load(bytes)?),
        Structure::Region => region(&load(bytes)?),
        Structure::Change => change(&load(bytes)?),
        Structure::Quota => quota(&load(bytes)?),
        Structure::Offer => offer(&load(bytes)?),
        Structure::TopicRequest => topic_request(&load(bytes)?),
        Structure::Topic => topic(&load(bytes)?),
        Structure::Message => message(&load(bytes)?),
        Structure::Freed => {
            let it: FreedRecord = load(bytes)?;
            let freed = it.addresses.iter().take(it.count as usize);
            let freed: Vec<String> = freed.map(|address| pointer(*address)).collect();
            format!("{{count={}, addresses=[{}]}}", it.count, freed.join(", "))
        }
        Structure::Memory => {
            let it: MemoryInfo = load(bytes)?;
            format!("{{total={}, free={}, user={}, ...}}", it.total, it.free, it.user)
        }
        Structure::System => {
            let it: SystemInfo = load(bytes)?;
            format!("{{uptime={}, cores={}, processes={}, ...}}", it.uptime, it.cores, it.processes)
        }
        _ => return None,
    })
}

fn region(it: &RegionRecord) -> String {
    let flags = names::flags(Set::RegionFlags, it.flags.into());
    let seals = names::flags(Set::Seals, it.seals.into());
    let name = if it.name_length == 0 { "NULL".into() } else { quoted(it.name()) };
    format!(
        "{{name={name}, id={}, length={}, maximum={}, resident_pages={}, changes={}, views={}, \
         descriptors={}, flags={flags}, seals={seals}, mode={}, uid={}}}",
        it.id,
        it.length,
        it.maximum,
        it.resident_pages,
        it.changes,
        it.views,
        it.descriptors,
        octal(it.mode.into()),
        it.uid
    )
}

/// The flags are a policy for who advertises: they are numbers of the same kind.
fn topic_request(it: &TopicRequest) -> String {
    let name = quoted(it.name());
    let mut text = format!("{{name={name}, depth={}, flags={:#x}", it.depth, it.flags);
    if it.pool >= 0 {
        text += &format!(", pool={}", it.pool);
    }
    text += &format!(", mode={}", octal(it.mode.into()));
    if it.contents.name_length > 0 {
        text += &format!(", type={}, type_size={}", quoted(it.contents.name()), it.contents.size);
    }
    text.push('}');
    text
}

fn region_request(it: &RegionRequest) -> String {
    let flags = names::flags(Set::RegionFlags, it.flags.into());
    let seals = names::flags(Set::Seals, it.seals.into());
    let maximum =
        if it.maximum == u64::MAX { "UINT64_MAX".into() } else { format!("{}", it.maximum) };
    let (length, mode) = (it.bytes, octal(it.mode.into()));
    format!("{{bytes={length}, maximum={maximum}, flags={flags}, mode={mode}, seals={seals}}}")
}

fn change(it: &ChangeRecord) -> String {
    let kind = match ChangeKind::from_number(it.kind) {
        Some(ChangeKind::Notified) => "REGION_CHANGE_NOTIFIED".into(),
        Some(ChangeKind::Written) => "REGION_CHANGE_WRITTEN".into(),
        Some(ChangeKind::Grown) => "REGION_CHANGE_GROWN".into(),
        Some(ChangeKind::Shrunk) => "REGION_CHANGE_SHRUNK".into(),
        Some(ChangeKind::Sealed) => "REGION_CHANGE_SEALED".into(),
        None => format!("{}", it.kind),
    };
    let ChangeRecord { number, offset, length, pid, .. } = *it;
    format!("{{number={number}, kind={kind}, offset={offset}, length={length}, pid={pid}}}")
}

fn quota(it: &QuotaRecord) -> String {
    let limit = match it.limit {
        abi::region::UNLIMITED => "REGION_QUOTA_UNLIMITED".into(),
        limit => format!("{limit}"),
    };
    format!("{{limit={limit}, used={}}}", it.used)
}

fn offer(it: &OfferRecord) -> String {
    let way = if it.direction == 0 { "SENT" } else { "RECEIVED" };
    let flags = names::flags(Set::OfferFlags, it.flags.into());
    let (address, length) = (pointer(it.address), it.bytes);
    format!(
        "{{address={address}, bytes={length}, pid={}, direction=VMO_DIRECTION_{way}, \
         flags={flags}}}",
        it.pid
    )
}

fn topic(it: &TopicRecord) -> String {
    format!(
        "{{name={}, type={}, published={}, entries={}, publishers={}, subscribers={}}}",
        quoted(it.name()),
        quoted(it.contents.name()),
        it.published,
        it.entries,
        it.publishers,
        it.subscribers
    )
}

fn message(it: &MessageRecord) -> String {
    format!(
        "{{entry={}, address={}, length={}, lost={}, pid={}}}",
        it.entry,
        pointer(it.address),
        it.length,
        it.lost,
        it.pid
    )
}
