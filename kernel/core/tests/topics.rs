//! Topics with address spaces and pools: who sees what, at which address, and for how long.

mod common;

use abi::Errno;
use abi::memory::Protection;
use abi::region::RegionFlags;
use abi::topic::{MemberRecord, MemberRole, TopicPolicy, TypeRecord};
use arch::addr::{PAGE_SIZE, UNIT_SIZE, VirtAddr};
use common::memory;
use kcore::fs::permission::Permissions;
use kcore::mm::{AddressSpace, FaultError, MapRequest, Placement, Sharing, frames};
use kcore::process::Credentials;
use kcore::region::names::{self, Exclusive, Found};
use kcore::region::{Region, RegionAttributes, RegionSpec};
use kcore::topic::registry::{self, Caller, Membership};
use kcore::topic::{Filter, Freed, Mode};
use std::sync::Arc;

const POOL: RegionFlags = RegionFlags::SAME_ADDRESS.union(RegionFlags::SINGLE_WRITER);
const OWNER: Credentials = Credentials { uid: 7, gid: 7 };
const STRANGER: Credentials = Credentials { uid: 8, gid: 8 };
const VOLATILE: Filter = Filter { transient_local: false, ignore_local: false };

struct Process {
    pid: u32,
    space: Arc<AddressSpace>,
    credentials: Credentials,
}

impl Process {
    fn new(pid: u32) -> Self {
        Self { pid, space: AddressSpace::new().expect("memory is plenty"), credentials: OWNER }
    }

    fn caller<'a>(&self, name: &'a [u8], contents: &'a TypeRecord) -> Caller<'a> {
        let Credentials { uid, gid } = self.credentials;
        Caller {
            name,
            contents,
            permissions: Permissions { mode: 0o640, uid, gid },
            credentials: self.credentials,
            pid: self.pid,
            space: self.space.clone(),
        }
    }

    fn advertise(&self, name: &[u8], pool: &Arc<Region>) -> Result<Membership, Errno> {
        let contents = TypeRecord::any();
        let caller = self.caller(name, &contents);
        registry::advertise(&caller, 2, TopicPolicy::Overwrite, pool.clone())
    }

    fn subscribe(&self, name: &[u8]) -> Result<Membership, Errno> {
        let contents = TypeRecord::any();
        registry::subscribe(&self.caller(name, &contents), 2, VOLATILE)
    }

    fn sees(&self, pool: &Region) -> bool {
        self.space.view_at(address(pool)).is_some()
    }
}

fn address(pool: &Region) -> VirtAddr {
    pool.common_address().expect("a pool has one").start()
}

/// A pool of a page that may grow to one unit, mapped by its writer.
fn pool(writer: &Process, flags: RegionFlags) -> Arc<Region> {
    let attributes = RegionAttributes { mode: 0o600, uid: 7, gid: 7 };
    let (length, maximum) = (PAGE_SIZE as u64, UNIT_SIZE as u64);
    let spec = RegionSpec { length, maximum, flags, ..RegionSpec::file(attributes, 0) };
    let name = format!("/pool@{}", writer.pid);
    let Ok(Found::Created(pool)) = names::create(name.as_bytes(), Exclusive::Yes, || spec) else {
        panic!("the name {name} is taken");
    };
    let request = MapRequest {
        placement: Placement::FixedNoReplace(address(&pool)),
        bytes: UNIT_SIZE,
        protection: Protection::READ | Protection::WRITE,
        maximum: Protection::all(),
        object: Some((pool.clone() as Arc<_>, 0, Sharing::Shared)),
    };
    writer.space.map(request).expect("the address is free");
    pool
}

fn publish(member: &Membership, at: VirtAddr, length: u64) -> Result<u64, Errno> {
    let mut freed = Freed::default();
    registry::publish(member, at.value() as u64, length, &mut freed).map_err(|(_, error)| error)
}

fn take(member: &Membership) -> Result<(u64, u64), Errno> {
    registry::take(member, Mode::default()).map(|record| (record.entry, record.address))
}

#[test]
fn a_subscriber_sees_pools_where_their_publishers_do_and_only_reads() {
    let _memory = memory();
    let (writer, early, late) = (Process::new(1), Process::new(2), Process::new(3));
    let first = early.subscribe(b"/sight").expect("it is made");
    let pool = pool(&writer, POOL);
    let at = address(&pool);
    writer.space.store(at, &7_u64.to_le_bytes()).expect("it is mapped");
    let publisher = writer.advertise(b"/sight", &pool).expect("it is a pool");
    let second = late.subscribe(b"/sight").expect("there is room");
    assert!(early.sees(&pool) && late.sees(&pool));
    for reader in [&early, &late] {
        assert_eq!(reader.space.store(at, &[0]), Err(FaultError::Denied));
    }
    pool.set_length(2 * PAGE_SIZE as u64).expect("memory is plenty");
    let grown = at.add(PAGE_SIZE);
    writer.space.store(grown, &8_u64.to_le_bytes()).expect("it has grown");
    assert_eq!(publish(&publisher, grown, 8), Ok(3));
    for (reader, member) in [(&early, &first), (&late, &second)] {
        assert_eq!(take(member), Ok((3, grown.value() as u64)));
        let shown = reader.space.translation(grown).map(|(frame, _)| frame);
        assert_eq!(shown, writer.space.translation(grown).map(|(frame, _)| frame));
    }
    for member in [&first, &second, &publisher] {
        registry::leave(member);
    }
    assert!(!early.sees(&pool) && !late.sees(&pool) && writer.sees(&pool));
    assert!(registry::find(b"/sight").is_none());
}

#[test]
fn a_message_lies_in_its_publishers_pool() {
    let _memory = memory();
    let writer = Process::new(4);
    let pool = pool(&writer, POOL);
    let publisher = writer.advertise(b"/bounds", &pool).expect("it is a pool");
    let at = address(&pool);
    let length = PAGE_SIZE as u64;
    assert!(publish(&publisher, at, length).is_ok());
    for (start, bytes) in [(0, 0), (0, length + 1), (PAGE_SIZE, 1), (0, u64::MAX)] {
        assert_eq!(publish(&publisher, at.add(start), bytes), Err(Errno::EINVAL));
    }
    assert_eq!(publish(&publisher, VirtAddr::new(at.value() - 1), 1), Err(Errno::EINVAL));
    registry::leave(&publisher);
    assert_eq!(publish(&publisher, at, 1), Err(Errno::EINVAL));
}

#[test]
fn what_is_no_pool_is_refused_and_leaves_no_topic() {
    let _memory = memory();
    let writer = Process::new(5);
    for flags in [RegionFlags::SAME_ADDRESS, RegionFlags::SAME_ADDRESS | RegionFlags::EPHEMERAL] {
        let region = pool(&writer, flags);
        assert_eq!(writer.advertise(b"/none", &region).err(), Some(Errno::EINVAL));
        let _ = names::unlink_if(b"/pool@5", |_| Ok(()));
    }
    let unmapped = pool(&Process::new(6), POOL);
    assert_eq!(writer.advertise(b"/none", &unmapped).err(), Some(Errno::EINVAL));
    assert!(registry::find(b"/none").is_none());
    let _ = names::unlink_if(b"/pool@6", |_| Ok(()));
}

#[test]
fn the_messages_of_a_dead_publisher_stay_until_they_are_read_but_its_name_goes() {
    let _memory = memory();
    let before = frames::statistics().free;
    {
        let reader = Process::new(8);
        let subscriber = reader.subscribe(b"/legacy").expect("it is made");
        let writer = Process::new(7);
        let region = pool(&writer, POOL);
        let (at, weak) = (address(&region), Arc::downgrade(&region));
        writer.space.store(at, b"last words").expect("it is mapped");
        let publisher = writer.advertise(b"/legacy", &region).expect("it is a pool");
        let entry = publish(&publisher, at, 10).expect("there is room");
        registry::leave(&publisher);
        drop((writer, region));
        assert!(!names::exists(b"/pool@7"));
        assert_eq!(take(&subscriber), Ok((entry, at.value() as u64)));
        assert!(reader.space.translation(at).is_some());
        registry::release(&subscriber, entry).expect("it is held");
        assert!(weak.upgrade().is_none() && reader.space.view_at(at).is_none());
        registry::leave(&subscriber);
    }
    assert_eq!(frames::statistics().free, before);
}

#[test]
fn a_late_subscriber_is_not_shown_the_pool_of_a_publisher_that_has_gone() {
    let _memory = memory();
    let (writer, reader, late) = (Process::new(16), Process::new(17), Process::new(18));
    let pool = pool(&writer, POOL);
    let publisher = writer.advertise(b"/gone", &pool).expect("it is a pool");
    let subscriber = reader.subscribe(b"/gone").expect("there is room");
    let entry = publish(&publisher, address(&pool), 8).expect("there is room");
    registry::leave(&publisher);
    let other = late.subscribe(b"/gone").expect("there is room");
    assert!(reader.sees(&pool) && !late.sees(&pool));
    assert_eq!(take(&other), Err(Errno::EAGAIN));
    assert_eq!(take(&subscriber).map(|(number, _)| number), Ok(entry));
    registry::leave(&other);
    registry::leave(&subscriber);
    assert!(registry::find(b"/gone").is_none());
}

#[test]
fn a_pool_of_several_topics_is_shown_once_and_named_until_the_last_publisher_goes() {
    let _memory = memory();
    let (writer, reader) = (Process::new(10), Process::new(11));
    let pool = pool(&writer, POOL);
    let publishers = [b"/one", b"/two"].map(|name| writer.advertise(name, &pool).expect("a pool"));
    let subscribers = [b"/one", b"/two"].map(|name| reader.subscribe(name).expect("room"));
    registry::leave(&subscribers[0]);
    registry::leave(&publishers[1]);
    assert!(names::exists(b"/pool@10") && !reader.sees(&pool));
    let again = reader.subscribe(b"/one").expect("room");
    assert!(reader.sees(&pool));
    registry::leave(&publishers[0]);
    assert!(!names::exists(b"/pool@10"));
    registry::leave(&subscribers[1]);
    registry::leave(&again);
}

#[test]
fn the_mode_of_a_topic_says_who_publishes_and_who_subscribes() {
    let _memory = memory();
    let owner = Process::new(12);
    let member = owner.subscribe(b"/mode").expect("it is made");
    let stranger = Process { credentials: STRANGER, ..Process::new(13) };
    assert_eq!(stranger.subscribe(b"/mode").err(), Some(Errno::EACCES));
    let mate = Process { credentials: Credentials { uid: 9, gid: 7 }, ..Process::new(14) };
    let pool = pool(&mate, POOL);
    assert_eq!(mate.advertise(b"/mode", &pool).err(), Some(Errno::EACCES));
    let other = mate.subscribe(b"/mode").expect("the group may read");
    registry::leave(&other);
    registry::leave(&member);
    let _ = names::unlink_if(b"/pool@14", |_| Ok(()));
}

#[test]
fn two_ends_of_a_topic_mean_the_same_type() {
    let _memory = memory();
    let process = Process::new(15);
    let mut contents = TypeRecord::any();
    contents.name[..5].copy_from_slice(b"Image");
    (contents.name_length, contents.size, contents.alignment) = (5, 16, 8);
    let subscribe = |contents: &TypeRecord| {
        registry::subscribe(&process.caller(b"/typed", contents), 1, VOLATILE)
    };
    let member = subscribe(&contents).expect("it is made");
    let other = TypeRecord { size: 24, ..contents };
    assert_eq!(subscribe(&other).err(), Some(Errno::EPROTOTYPE));
    let any = subscribe(&TypeRecord::any()).expect("any type is this one, too");
    assert_eq!(registry::find(b"/typed").map(|record| record.contents.size), Some(16));
    registry::leave(&any);
    registry::leave(&member);
}

#[test]
fn members_are_told_with_what_they_have_and_stay_until_their_messages_are_read() {
    let _memory = memory();
    let (writer, reader) = (Process::new(21), Process::new(22));
    let pool = pool(&writer, POOL);
    let publisher = writer.advertise(b"/members", &pool).expect("it is a pool");
    let subscriber = reader.subscribe(b"/members").expect("there is room");
    publish(&publisher, address(&pool), 8).expect("it lies in the pool");
    publish(&publisher, address(&pool).add(8), 8).expect("it lies in the pool");
    let (first, _) = take(&subscriber).expect("it is there");
    let told = || {
        let members = registry::members(b"/members").expect("the topic is there");
        let short = |member: &MemberRecord| {
            (member.pid, member.role, member.messages, member.held, member.pool_bytes)
        };
        members.iter().map(short).collect::<Vec<_>>()
    };
    let (publishes, subscribes, departed) =
        (MemberRole::Publisher as u32, MemberRole::Subscriber as u32, MemberRole::Departed as u32);
    let bytes = PAGE_SIZE as u64;
    assert_eq!(told(), [(21, publishes, 2, 1, bytes), (22, subscribes, 1, 1, 0)]);
    registry::leave(&publisher);
    assert_eq!(told(), [(21, departed, 2, 1, bytes), (22, subscribes, 1, 1, 0)]);
    registry::release(&subscriber, first).expect("it is held");
    take(&subscriber).expect("it is there");
    assert_eq!(told(), [(21, departed, 1, 1, bytes), (22, subscribes, 0, 1, 0)]);
    registry::leave(&subscriber);
    assert_eq!(registry::members(b"/members").err(), Some(Errno::ENOENT));
}

#[test]
fn a_process_of_a_dead_owners_number_has_its_own_pool_while_the_other_is_read() {
    let _memory = memory();
    let (first, reader) = (Process::new(23), Process::new(24));
    let old = pool(&first, POOL);
    // Somebody has opened the pool by its name, and no publisher has ever been there.
    names::forget_pool(23);
    let second = Process::new(23);
    let new = pool(&second, POOL);
    assert!(address(&new) != address(&old) && first.sees(&old) && !second.sees(&old));
    let subscriber = reader.subscribe(b"/again").expect("there is room");
    let publishers = [(&first, &old), (&second, &new)]
        .map(|(process, pool)| process.advertise(b"/again", pool).expect("it is a pool"));
    assert!(reader.sees(&old) && reader.sees(&new));
    publishers.iter().for_each(registry::leave);
    registry::leave(&subscriber);
}
