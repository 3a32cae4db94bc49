//! Tests of the ring and of records, without processes that run.

use super::record::Record;
use super::ring::Ring;
use super::tracee::Tracee;
use super::{Put, Trace};
use crate::region::{Region, RegionAttributes, RegionSpec};
use crate::testing::set_up_memory;
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::trace::{
    Copied, END_RECORD_BYTES, SIGNAL_RECORD_BYTES, TRACE_BYTES_MIN, TRACE_RECORD_MAX, TraceCapture,
    TraceEvent, TraceRecord,
};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;
use zerocopy::FromBytes;

fn region(bytes: u64) -> Arc<Region> {
    set_up_memory();
    let attributes = RegionAttributes { mode: 0o400, uid: 0, gid: 0 };
    Region::new(RegionSpec { maximum: bytes, ..RegionSpec::file(attributes, bytes) }).unwrap()
}

fn trace() -> Arc<Trace> {
    Trace::new(region(TRACE_BYTES_MIN), 32, true)
}

fn record(number: u64) -> Record {
    Record::new(TraceEvent::Enter, 7, 7, number)
}

/// The bytes of a region between two positions of its ring.
fn bytes_between(region: &Region, from: u64, to: u64) -> Vec<u8> {
    let all = region.length();
    let mut bytes = vec![0; (to - from) as usize];
    // Up to the ring's end, and from its beginning on.
    let (first, second) = bytes.split_at_mut((all - from % all).min(to - from) as usize);
    region.read(from % all, &mut UserBuffer::kernel(first)).unwrap();
    region.read(0, &mut UserBuffer::kernel(second)).unwrap();
    bytes
}

#[test]
fn a_record_has_its_captures_behind_it_each_at_a_multiple_of_eight() {
    let mut record = record(56);
    record.capture(1, 0, Copied::Whole, b"/etc/passwd");
    record.capture(2, 3, Copied::Cut, b"12345678");
    let bytes = record.parts(99).concat();
    let (head, rest) = TraceRecord::read_from_prefix(&bytes).unwrap();
    assert_eq!((head.size as usize, head.time, head.number), (bytes.len(), 99, 56));
    assert_eq!((head.captures, head.pid, bytes.len() % 8), (2, 7, 0));
    let (first, rest) = TraceCapture::read_from_prefix(rest).unwrap();
    assert_eq!((first.argument, first.part, first.length), (1, 0, 11));
    assert_eq!(&rest[..16], b"/etc/passwd\0\0\0\0\0");
    let (second, rest) = TraceCapture::read_from_prefix(&rest[16..]).unwrap();
    assert_eq!((second.argument, second.part, second.copied), (2, 3, Copied::Cut as u8));
    assert_eq!(rest, b"12345678");
}

#[test]
fn a_record_never_gets_longer_than_the_longest() {
    let mut record = record(1);
    for argument in 0..200 {
        let room = record.room();
        let bytes = vec![argument; room.min(777)];
        record.capture(argument, 0, Copied::Cut, &bytes);
        assert!(record.size() <= TRACE_RECORD_MAX);
    }
    assert_eq!(record.room(), 0);
    assert!(!record.begin(0, 0), "there is no room for a byte");
}

#[test]
fn an_end_and_a_signal_have_the_lengths_that_are_told() {
    assert_eq!(Record::new(TraceEvent::End, 1, 1, 0).size(), END_RECORD_BYTES);
    let mut signal = record(9);
    signal.capture(0, 0, Copied::Whole, &[0; size_of::<abi::signal::SignalInfo>()]);
    assert_eq!(signal.size(), SIGNAL_RECORD_BYTES);
}

#[test]
fn a_full_ring_takes_nothing_until_it_is_read() {
    let mut ring = Ring::new(region(TRACE_BYTES_MIN));
    let count = TRACE_BYTES_MIN / END_RECORD_BYTES as u64;
    for number in 0..count {
        assert!(ring.put(&mut record(number), 0));
    }
    assert!(!ring.put(&mut record(count), 0));
    assert_eq!(ring.read_up_to(END_RECORD_BYTES as u64), Ok(true));
    assert!(ring.put(&mut record(count), 0));
    assert_eq!(ring.read_up_to(0), Err(Errno::EINVAL), "what was read comes not back");
    assert_eq!(ring.read_up_to(ring.written() + 8), Err(Errno::EINVAL));
    assert_eq!(ring.read_up_to(ring.written()), Ok(true));
    assert!(ring.is_empty());
    assert_eq!(ring.read_up_to(ring.written()), Ok(false));
}

#[test]
fn there_is_room_for_the_end_of_each_process_however_full_the_ring_is() {
    let trace = trace();
    let tracees: Vec<Tracee> = (0..3).map(|_| Tracee::new(trace.clone(), true).unwrap()).collect();
    while trace.try_put(&mut record(1), false).is_some() {}
    let child = tracees[0].of_child().unwrap();
    assert_eq!(trace.try_put(&mut record(1), false), None);
    drop(child);
    for tracee in tracees {
        tracee.tell_end(Record::new(TraceEvent::End, 7, 7, 0));
    }
    assert_eq!(trace.try_put(&mut record(1), false), None, "and for nothing else");
}

#[test]
fn as_many_processes_are_traced_as_there_is_room_for_their_ends() {
    let trace = trace();
    let mut tracees = Vec::new();
    let error = loop {
        match Tracee::new(trace.clone(), true) {
            Ok(tracee) => tracees.push(tracee),
            Err(error) => break error,
        }
    };
    assert_eq!(error, Errno::EAGAIN);
    assert_eq!(tracees.len() as u64, TRACE_BYTES_MIN / 4 / END_RECORD_BYTES as u64);
    assert!(tracees[0].of_child().is_none(), "a child goes untraced");
    drop(tracees);
    assert!(Tracee::new(trace, true).is_ok());
}

#[test]
fn a_child_is_traced_only_if_that_was_asked_for() {
    let trace = trace();
    assert!(Tracee::new(trace.clone(), false).unwrap().of_child().is_none());
    assert!(Tracee::new(trace, true).unwrap().of_child().is_some());
}

#[test]
fn without_a_tracer_nothing_is_kept_and_nobody_waits() {
    let trace = trace();
    let region = trace.region().unwrap();
    let tracee = Tracee::new(trace.clone(), true).unwrap();
    while trace.try_put(&mut record(1), false).is_some() {}
    trace.close();
    assert_eq!(trace.try_put(&mut record(1), false), Some(Put::Closed));
    assert_eq!(trace.put(record(1)), Put::Closed);
    tracee.tell_end(Record::new(TraceEvent::End, 7, 7, 0));
    assert_eq!(Arc::strong_count(&region), 1, "its memory is gone");
    assert_eq!(Tracee::new(trace.clone(), true).err(), Some(Errno::EBADF));
    assert_eq!(trace.wait(0, Some(0)), Err(Errno::EBADF));
}

#[test]
fn the_tracer_waits_for_news_or_until_nobody_is_left() {
    crate::sched::start();
    let trace = trace();
    assert_eq!(trace.wait(0, Some(0)), Ok(0), "nobody is traced");
    let tracee = Tracee::new(trace.clone(), false).unwrap();
    assert_eq!(trace.wait(0, Some(0)), Err(Errno::ETIMEDOUT));
    assert!(!trace.is_ready());
    trace.try_put(&mut record(1), false);
    assert_eq!(trace.wait(0, Some(0)), Ok(END_RECORD_BYTES as u64));
    assert!(trace.is_ready());
    trace.read_up_to(END_RECORD_BYTES as u64).unwrap();
    assert_eq!(trace.wait(END_RECORD_BYTES as u64, Some(0)), Err(Errno::ETIMEDOUT));
    drop(tracee);
    assert_eq!(trace.wait(END_RECORD_BYTES as u64, Some(0)), Ok(END_RECORD_BYTES as u64));
}

proptest! {
    /// Whatever the lengths, what is in the ring is what was put in, also where it begins anew.
    #[test]
    fn records_stand_in_the_ring_as_they_were_made(
        lengths in proptest::collection::vec(0_usize..3000, 1..60),
    ) {
        let region = region(TRACE_BYTES_MIN);
        let mut ring = Ring::new(region.clone());
        let mut read = 0;
        for (number, length) in lengths.into_iter().enumerate() {
            let mut record = record(number as u64);
            record.capture(0, 0, Copied::Whole, &vec![number as u8; length]);
            prop_assert!(ring.put(&mut record, 0));
            let bytes = bytes_between(&region, read, ring.written());
            let (head, rest) = TraceRecord::read_from_prefix(&bytes).unwrap();
            prop_assert_eq!((head.size as usize, head.number), (bytes.len(), number as u64));
            if length > 0 {
                let (capture, rest) = TraceCapture::read_from_prefix(rest).unwrap();
                prop_assert_eq!(capture.length as usize, length);
                prop_assert!(rest[..length].iter().all(|byte| *byte == number as u8));
            }
            read = ring.written();
            prop_assert_eq!(ring.read_up_to(read), Ok(true));
        }
    }
}
