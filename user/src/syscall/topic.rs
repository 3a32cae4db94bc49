//! Calls about topics.

use super::{Outcome, invoke, optional, signed};
use abi::Sysno;
use abi::time::TimeSpec;
use abi::topic::{FreedRecord, MemberRecord, MessageRecord, TakeFlags, TopicRecord, TopicRequest};
use core::ptr;

fn join(call: Sysno, request: &TopicRequest) -> Outcome<i32> {
    let arguments = [ptr::from_ref(request) as u64, size_of::<TopicRequest>() as u64];
    // SAFETY: the kernel reads the request; what it maps is at addresses that nothing else has.
    unsafe { invoke(call, arguments) }.map(|fd| fd as i32)
}

/// Becomes a publisher.
pub fn topic_advertise(request: &TopicRequest) -> Outcome<i32> {
    join(Sysno::TopicAdvertise, request)
}

/// Becomes a subscriber.
pub fn topic_subscribe(request: &TopicRequest) -> Outcome<i32> {
    join(Sysno::TopicSubscribe, request)
}

/// Publishes bytes of the pool; returns the message's number and what has become free.
pub fn topic_publish(
    fd: i32,
    address: usize,
    length: usize,
    timeout: Option<&TimeSpec>,
) -> Outcome<(u64, FreedRecord)> {
    let mut freed = FreedRecord::default();
    let to = ptr::from_mut(&mut freed) as u64;
    let arguments = [signed(fd), address as u64, length as u64, optional(timeout), to];
    // SAFETY: the kernel reads the time and fills the list; the message is read by others.
    unsafe { invoke(Sysno::TopicPublish, arguments) }.map(|entry| (entry, freed))
}

/// What has become free of a publisher's messages.
pub fn topic_reclaim(fd: i32) -> Outcome<FreedRecord> {
    let mut freed = FreedRecord::default();
    // SAFETY: the kernel fills the list.
    unsafe { invoke(Sysno::TopicReclaim, [signed(fd), ptr::from_mut(&mut freed) as u64]) }
        .map(|_| freed)
}

/// Takes a message.
pub fn topic_take(fd: i32, flags: TakeFlags, timeout: Option<&TimeSpec>) -> Outcome<MessageRecord> {
    let mut record = MessageRecord::default();
    let to = ptr::from_mut(&mut record) as u64;
    let arguments = [signed(fd), u64::from(flags.bits()), optional(timeout), to];
    // SAFETY: the kernel reads the time and fills one record.
    unsafe { invoke(Sysno::TopicTake, arguments) }.map(|_| record)
}

/// Gives a message back.
pub fn topic_release(fd: i32, entry: u64) -> Outcome<()> {
    // SAFETY: no address is passed; whoever calls reads the message no more.
    unsafe { invoke(Sysno::TopicRelease, [signed(fd), entry]) }.map(drop)
}

/// Fills in records of topics and returns how many topics there are.
pub fn topic_list(records: &mut [TopicRecord]) -> Outcome<usize> {
    let arguments = [records.as_mut_ptr() as u64, records.len() as u64];
    // SAFETY: the kernel fills at most as many records as there are.
    unsafe { invoke(Sysno::TopicList, arguments) }.map(|count| count as usize)
}

/// The topic of this name.
pub fn topic_info(name: &str) -> Outcome<TopicRecord> {
    let mut record = TopicRecord::empty();
    let to = ptr::from_mut(&mut record) as u64;
    // SAFETY: the kernel reads the name and fills one record.
    unsafe { invoke(Sysno::TopicInfo, [name.as_ptr() as u64, name.len() as u64, to]) }
        .map(|_| record)
}

/// Fills in records of a topic's members and returns how many there are.
pub fn topic_members(name: &str, records: &mut [MemberRecord]) -> Outcome<usize> {
    let to = [records.as_mut_ptr() as u64, records.len() as u64];
    let arguments = [name.as_ptr() as u64, name.len() as u64, to[0], to[1]];
    // SAFETY: the kernel reads the name and fills at most as many records as there are.
    unsafe { invoke(Sysno::TopicMembers, arguments) }.map(|count| count as usize)
}

/// The topic of a publisher or subscriber.
pub fn topic_status(fd: i32) -> Outcome<TopicRecord> {
    let mut record = TopicRecord::empty();
    // SAFETY: the kernel fills one record.
    unsafe { invoke(Sysno::TopicStatus, [signed(fd), ptr::from_mut(&mut record) as u64]) }
        .map(|_| record)
}
