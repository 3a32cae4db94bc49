//! The C headers say what `abi` says: numbers of calls, errors, flags, and every structure.

use abi::log::{LOG_BYTES, LOG_HEADER_BYTES, LOG_RING_BYTES, LogHeader};
use abi::memory::Protection;
use abi::offer::{Direction, OfferFlags, OfferRecord};
use abi::region::{
    ChangeKind, ChangeRecord, HandleRecord, Inheritance, LockFlags, QuotaRecord, QuotaScope,
    RegionFlags, RegionRecord, RegionRequest, RegionState, Seals, UNLIMITED, ViewRecord,
};
use abi::time::TimeSpec;
use abi::topic::{
    FreedRecord, MemberRecord, MemberRole, MessageRecord, SubscribeFlags, TakeFlags, TopicPolicy,
    TopicRecord, TopicRequest,
};
use abi::{Errno, Sysno};
use std::collections::BTreeMap;
use std::mem::offset_of;

const HEADER: &str = concat!(
    include_str!("../../user/include/commons.h"),
    include_str!("../../user/include/commons-topics.h")
);

/// Calls of Commons that are no regions' and that C programs are not given.
const NOT_DECLARED: [Sysno; 6] = [
    Sysno::ProcessList,
    Sysno::MemoryInfo,
    Sysno::SystemInfo,
    Sysno::TraceCreate,
    Sysno::TraceAttach,
    Sysno::TraceWait,
];

/// The header's numbers whose names begin with a prefix, which is cut off.
fn numbers(prefix: &str) -> BTreeMap<String, u64> {
    let define = |line: &str| {
        let mut words = line.strip_prefix("#define ")?.split_whitespace();
        let name = words.next()?.strip_prefix(prefix)?.to_owned();
        Some((name, number(words.next()?)?))
    };
    HEADER.lines().filter_map(define).collect()
}

fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// `RegionCreate` as `REGION_CREATE`.
fn upper(name: &str) -> String {
    let mut text = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(character.to_uppercase());
    }
    text
}

fn kinds<T: std::fmt::Debug>(from_number: impl Fn(u32) -> Option<T>) -> BTreeMap<String, u64> {
    let kind = |value| Some((upper(&format!("{:?}", from_number(value)?)), u64::from(value)));
    (0..64).filter_map(kind).collect()
}

fn flags<T: bitflags::Flags<Bits = u32>>() -> BTreeMap<String, u64> {
    T::FLAGS.iter().map(|flag| (flag.name().into(), flag.value().bits().into())).collect()
}

#[test]
fn every_call_about_regions_and_topics_has_its_number() {
    let wanted: BTreeMap<String, u64> = Sysno::ALL
        .iter()
        .filter(|call| **call as u64 >= abi::number::FIRST_NATIVE && !NOT_DECLARED.contains(call))
        .map(|call| (upper(&format!("{call:?}")), *call as u64))
        .collect();
    assert_eq!(numbers("COMMONS_SYS_"), wanted);
}

#[test]
fn every_error_has_its_number() {
    let errors = numbers("COMMONS_E");
    assert!(errors.len() > 10);
    for (name, value) in errors {
        let errno = Errno::from_number(value as i32);
        assert_eq!(errno.map(Errno::name), Some(format!("E{name}").as_str()));
    }
}

#[test]
fn every_flag_has_its_value() {
    assert_eq!(numbers("REGION_RIGHT_"), flags::<Protection>());
    assert_eq!(numbers("REGION_SEAL_"), flags::<Seals>());
    assert_eq!(numbers("REGION_STATE_"), flags::<RegionState>());
    assert_eq!(numbers("REGION_LOCK_"), flags::<LockFlags>());
    let families = ["RIGHT", "SEAL", "STATE", "LOCK", "INHERIT", "CHANGE", "QUOTA"];
    let mut plain = numbers("REGION_");
    plain.retain(|name, _| !families.iter().any(|family| name.starts_with(&format!("{family}_"))));
    assert_eq!(plain, flags::<RegionFlags>());
}

#[test]
fn every_kind_has_its_value() {
    assert_eq!(numbers("REGION_INHERIT_"), kinds(Inheritance::from_number));
    assert_eq!(numbers("REGION_CHANGE_"), kinds(ChangeKind::from_number));
    assert_eq!(numbers("REGION_QUOTA_"), kinds(QuotaScope::from_number));
    assert!(HEADER.contains("#define REGION_QUOTA_UNLIMITED UINT64_MAX"));
    assert_eq!(UNLIMITED, u64::MAX);
}

#[test]
fn the_flags_of_offers_have_their_values() {
    let mut plain = numbers("VMO_");
    plain.retain(|name, _| !name.starts_with("DIRECTION_"));
    assert_eq!(plain, flags::<OfferFlags>());
    assert_eq!(numbers("VMO_DIRECTION_"), kinds(Direction::from_number));
}

#[test]
fn the_mapping_objects_flag_is_none_of_the_regions() {
    assert!(HEADER.contains("#define MMF_PERSISTENT 0x80000000u"));
    assert_eq!(RegionFlags::from_bits(0x8000_0000), None);
}

/// A field's name and offset.
type Field = (String, usize);

/// The fields of a structure of the header and its size, by C's rules.
fn structure(name: &str) -> (Vec<Field>, usize) {
    let start = HEADER.find(&format!("struct {name} {{\n")).expect("the header has the structure");
    let body = &HEADER[start..start + HEADER[start..].find("};").expect("it ends")];
    let (mut fields, mut end, mut alignment) = (Vec::new(), 0_usize, 1);
    for line in body.lines().skip(1) {
        let mut words = line.split([' ', ';']).filter(|word| !word.is_empty());
        let (Some(kind), Some(field)) = (words.next(), words.next()) else { continue };
        let unit = match kind {
            "uint64_t" | "int64_t" => 8,
            "uint32_t" | "int32_t" => 4,
            "uint8_t" => 1,
            other => panic!("{name} has a field of an unknown type {other}"),
        };
        let (field, count) = match field.split_once('[') {
            Some((field, count)) => (field, count.trim_end_matches(']').parse().expect("a length")),
            None => (field, 1),
        };
        let offset = end.next_multiple_of(unit);
        fields.push((field.to_owned(), offset));
        end = offset + unit * count;
        alignment = alignment.max(unit);
    }
    (fields, end.next_multiple_of(alignment))
}

macro_rules! same {
    ($name:literal is $kind:ty: $($field:ident)*) => {
        let wanted: Vec<Field> =
            vec![$((stringify!($field).to_owned(), offset_of!($kind, $field))),*];
        assert_eq!(structure($name), (wanted, size_of::<$kind>()), $name);
    };
}

/// As `same`, with the fields of the messages' type behind the others, flat in C.
macro_rules! same_with_type {
    ($name:literal is $kind:ty: $($field:ident)*) => {
        let mut wanted: Vec<Field> =
            vec![$((stringify!($field).to_owned(), offset_of!($kind, $field))),*];
        wanted.extend([
            ("type_size".to_owned(), offset_of!($kind, contents.size)),
            ("type_alignment".to_owned(), offset_of!($kind, contents.alignment)),
            ("type_layout".to_owned(), offset_of!($kind, contents.layout)),
            ("type_name_length".to_owned(), offset_of!($kind, contents.name_length)),
            ("type_name".to_owned(), offset_of!($kind, contents.name)),
        ]);
        assert_eq!(structure($name), (wanted, size_of::<$kind>()), $name);
    };
}

#[test]
fn every_structure_has_its_fields_where_the_kernel_has_them() {
    same!("region_time" is TimeSpec: seconds nanoseconds);
    same!("region_request" is RegionRequest: bytes maximum flags mode seals reserved);
    same!("region_record" is RegionRecord:
        id length maximum resident_pages changes opens faults address descriptors views readers
        writers users mode uid gid flags seals state lock_owner charged_uid name_length name);
    same!("region_change" is ChangeRecord: number offset length pid kind);
    same!("region_handle" is HandleRecord:
        region length fd rights inheritance name_length name);
    same!("region_view" is ViewRecord:
        start bytes offset region resident_pages linked_units protection maximum shared
        inheritance name_length name);
    same!("vm_offer_record" is OfferRecord: address bytes pid direction flags reserved);
    same!("region_quota" is QuotaRecord: limit used);
    same!("log_header" is LogHeader: written reserved);
    let log = [LOG_BYTES, LOG_HEADER_BYTES, LOG_RING_BYTES].map(|number| number as u64);
    let told = numbers("LOG_");
    assert_eq!(["BYTES", "HEADER_BYTES", "RING_BYTES"].map(|name| told[name]), log);
}

#[test]
fn what_topics_are_asked_for_and_tell_is_the_same() {
    assert_eq!(numbers("TOPIC_POLICY_"), kinds(TopicPolicy::from_number));
    assert_eq!(numbers("TOPIC_SUBSCRIBE_"), flags::<SubscribeFlags>());
    assert_eq!(numbers("TOPIC_TAKE_"), flags::<TakeFlags>());
    assert_eq!(numbers("TOPIC_ROLE_"), kinds(MemberRole::from_number));
    same!("topic_member" is MemberRecord:
        pool_address pool_bytes member pid role depth messages held passed);
    same!("topic_freed" is FreedRecord: count addresses);
    same!("topic_message" is MessageRecord: entry address length lost time publisher pid);
    same_with_type!("topic_request" is TopicRequest: depth flags pool mode name_length name);
    same_with_type!("topic_record" is TopicRecord:
        published bytes entries changes publishers subscribers policy mode uid gid member
        reserved name_length name);
}
