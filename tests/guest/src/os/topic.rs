//! Calls on topics.

use super::{Answer, READ_WRITE, call, fd, own_id, region_create, region_map};
use abi::Sysno;
use abi::region::{RegionFlags, RegionRequest};
use abi::time::TimeSpec;
use abi::topic::{
    FreedRecord, MessageRecord, SubscribeFlags, TakeFlags, TopicPolicy, TopicRecord, TopicRequest,
};
use core::time::Duration;
use zerocopy::IntoBytes;

/// A process's pool.
#[derive(Clone, Copy, Default)]
pub struct Pool {
    /// Its descriptor.
    pub region: i32,
    /// Where it is mapped.
    pub address: u64,
}

/// The name of a process's pool; the number is put behind `@`.
pub fn pool_name(pid: u64, buffer: &mut [u8; 16]) -> &[u8] {
    let prefix = b"/pool@";
    buffer[..prefix.len()].copy_from_slice(prefix);
    let mut digits = [0; 10];
    let (mut count, mut rest) = (0, pid);
    while rest > 0 || count == 0 {
        digits[count] = b'0' + (rest % 10) as u8;
        rest /= 10;
        count += 1;
    }
    for index in 0..count {
        buffer[prefix.len() + index] = digits[count - 1 - index];
    }
    &buffer[..prefix.len() + count]
}

/// Makes and maps the caller's pool, of so many bytes and up to 4 MiB.
pub fn pool(bytes: u64) -> Answer<Pool> {
    let flags = RegionFlags::SAME_ADDRESS
        | RegionFlags::SINGLE_WRITER
        | RegionFlags::EPHEMERAL
        | RegionFlags::EXCLUSIVE;
    let maximum = 4 << 20;
    let request =
        RegionRequest { bytes, maximum, flags: flags.bits(), mode: 0o700, ..Default::default() };
    let mut buffer = [0; 16];
    let region = region_create(pool_name(own_id(), &mut buffer), &request)?;
    let address = region_map(region, READ_WRITE)?;
    Ok(Pool { region, address })
}

fn request(name: &[u8], depth: u32, flags: u32, pool: i32) -> TopicRequest {
    let mut request = TopicRequest { depth, flags, pool, mode: 0o666, ..TopicRequest::empty() };
    request.name[..name.len()].copy_from_slice(name);
    request.name_length = name.len() as u64;
    request
}

fn join(number: Sysno, request: &TopicRequest) -> Answer<i32> {
    let at = request.as_bytes().as_ptr() as u64;
    call(number, [at, size_of::<TopicRequest>() as u64]).map(|fd| fd as i32)
}

/// Begins to publish.
pub fn advertise(name: &[u8], depth: u32, policy: TopicPolicy, pool: Pool) -> Answer<i32> {
    join(Sysno::TopicAdvertise, &request(name, depth, policy as u32, pool.region))
}

/// Begins to subscribe.
pub fn subscribe(name: &[u8], depth: u32, flags: SubscribeFlags) -> Answer<i32> {
    join(Sysno::TopicSubscribe, &request(name, depth, flags.bits(), -1))
}

fn time(patience: Option<u64>) -> Option<TimeSpec> {
    patience.map(|nanoseconds| TimeSpec::from_duration(Duration::from_nanos(nanoseconds)))
}

fn pointer(time: Option<&TimeSpec>) -> u64 {
    time.map_or(0, |time| time.as_bytes().as_ptr() as u64)
}

/// Publishes bytes of the pool; tells what has become free.
pub fn publish(
    topic: i32,
    address: u64,
    length: u64,
    patience: Option<u64>,
) -> Answer<(u64, FreedRecord)> {
    let mut freed = FreedRecord::default();
    let to = freed.as_mut_bytes().as_mut_ptr() as u64;
    let time = time(patience);
    let arguments = [fd(topic), address, length, pointer(time.as_ref()), to];
    call(Sysno::TopicPublish, arguments).map(|entry| (entry, freed))
}

/// Takes a message.
pub fn take(topic: i32, flags: TakeFlags, patience: Option<u64>) -> Answer<MessageRecord> {
    let mut record = MessageRecord::default();
    let to = record.as_mut_bytes().as_mut_ptr() as u64;
    let time = time(patience);
    let arguments = [fd(topic), flags.bits().into(), pointer(time.as_ref()), to];
    call(Sysno::TopicTake, arguments).map(|_| record)
}

/// Releases a message.
pub fn release(topic: i32, entry: u64) -> Answer {
    call(Sysno::TopicRelease, [fd(topic), entry])
}

/// What a member's topic is like.
pub fn topic_status(topic: i32) -> Answer<TopicRecord> {
    let mut record = TopicRecord::empty();
    let to = record.as_mut_bytes().as_mut_ptr() as u64;
    call(Sysno::TopicStatus, [fd(topic), to]).map(|_| record)
}

/// How many topics there are.
pub fn topics() -> Answer {
    call(Sysno::TopicList, [0, 0])
}
