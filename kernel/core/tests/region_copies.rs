//! Whole copies between regions and programs' buffers: all of it or nothing, at every border.

use abi::Errno;
use abi::memory::Protection;
use abi::region::ChangeKind;
use arch::addr::{PAGE_SIZE, PhysAddr, VirtAddr};
use kcore::mm::{Access, AddressSpace, MapRequest, Placement, frames};
use kcore::pinned_buffer::PinnedBuffer;
use kcore::region::{Condition, Patience, Purpose, Region, RegionAttributes};
use std::sync::{Arc, Mutex, MutexGuard};

/// One test at a time, so that each can count frames.
fn memory() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    static ONCE: std::sync::Once = std::sync::Once::new();
    let guard = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    ONCE.call_once(|| {
        let ram = PhysAddr::new(0x10_0000)..PhysAddr::new(0x200_0000);
        // SAFETY: the simulated RAM is there for the whole run, and nothing else uses it.
        unsafe { frames::set_up(&[ram], arch::addr::PhysAddr::new(0)) };
    });
    guard
}

fn region(length: u64) -> Arc<Region> {
    let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
    Region::create(attributes, length).expect("memory is plenty")
}

const BUFFER: VirtAddr = VirtAddr::new(0x2000_0000);

/// An address space with a few pages of private memory at `BUFFER`.
fn space(pages: usize, protection: Protection) -> Arc<AddressSpace> {
    let space = AddressSpace::new().expect("memory is plenty");
    let request = MapRequest {
        placement: Placement::FixedNoReplace(BUFFER),
        bytes: pages * PAGE_SIZE,
        protection,
        maximum: Protection::all(),
        object: None,
    };
    space.map(request).expect("there is room");
    space
}

fn pin(space: &AddressSpace, at: usize, length: usize) -> PinnedBuffer {
    PinnedBuffer::pin(space, BUFFER.add(at), length, Access::Read).expect("readable")
}

fn bytes_of(space: &AddressSpace, at: usize, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    pin(space, at, length).read(0, &mut bytes);
    bytes
}

const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);

#[test]
fn what_is_written_is_read_at_any_offset_and_alignment() {
    let _memory = memory();
    let region = region(5 * 4096 + 77);
    let (from, to) = (space(4, READ_WRITE), space(4, READ_WRITE));
    for (offset, at, length) in
        [(0, 0, 1), (4095, 3, 2), (4000, 4001, 5000), (8192, 0, 12_365), (1, 4095, 8191)]
    {
        let bytes: Vec<u8> = (0..length).map(|index| (index * 7 + at) as u8 | 1).collect();
        from.store(BUFFER.add(at), &bytes).expect("mapped");
        region.write_whole(offset, &pin(&from, at, length)).expect("it fits");
        let read = region.read_whole(offset, &to, BUFFER.add(at + 1), length);
        assert_eq!(read, Ok(length));
        assert_eq!(bytes_of(&to, at + 1, length), bytes);
    }
}

#[test]
fn a_read_gives_fewer_bytes_at_the_end_and_none_behind_it() {
    let _memory = memory();
    let region = region(4100);
    let space = space(2, READ_WRITE);
    space.store(BUFFER, &[0xEE; 8192]).expect("mapped");
    assert_eq!(region.read_whole(4090, &space, BUFFER, 100), Ok(10));
    assert_eq!(bytes_of(&space, 0, 12), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xEE, 0xEE]);
    assert_eq!(region.read_whole(4100, &space, BUFFER, 100), Ok(0));
    assert_eq!(region.read_whole(u64::MAX, &space, BUFFER, 100), Ok(0));
    assert_eq!(region.resident_pages(), 0, "a read makes no pages");
}

#[test]
fn a_write_past_the_end_writes_nothing() {
    let _memory = memory();
    let region = region(5000);
    let space = space(2, READ_WRITE);
    space.store(BUFFER, &[b'x'; 8192]).expect("mapped");
    for (offset, length) in [(0, 5001), (4999, 2), (5001, 0), (u64::MAX, 1), (u64::MAX - 1, 8192)] {
        let refused = region.write_whole(offset, &pin(&space, 0, length));
        assert_eq!(refused, Err(Errno::ERANGE), "{length} bytes at {offset}");
    }
    assert_eq!(region.resident_pages(), 0);
    assert_eq!(region.sync().changes.number(), 0);
    assert_eq!(region.write_whole(5000, &pin(&space, 0, 0)), Ok(()));
    assert_eq!(region.write_whole(4999, &pin(&space, 0, 1)), Ok(()));
    let change = region.sync().changes.wait(0, None).expect("there is one");
    let found = (change.number, change.offset, change.length, change.kind);
    assert_eq!(found, (1, 4999, 1, ChangeKind::Written as u32));
}

#[test]
fn a_buffer_that_is_not_there_or_may_not_be_used_is_efault() {
    let _memory = memory();
    let space = space(2, Protection::READ);
    let pin =
        |at: usize, length, access| PinnedBuffer::pin(&space, BUFFER.add(at), length, access).err();
    assert_eq!(pin(0, 8192, Access::Read), None);
    assert_eq!(pin(0, 8193, Access::Read), Some(Errno::EFAULT));
    assert_eq!(pin(8192, 1, Access::Read), Some(Errno::EFAULT));
    assert_eq!(pin(0, 1, Access::Write), Some(Errno::EFAULT));
    assert_eq!(pin(0, usize::MAX, Access::Read), Some(Errno::EFAULT));
    assert_eq!(pin(1 << 40, 1, Access::Read), Some(Errno::EFAULT));
    assert_eq!(pin(1 << 40, 0, Access::Read), Some(Errno::EFAULT));
    assert_eq!(region(4096).read_whole(0, &space, BUFFER, 1), Err(Errno::EFAULT));
}

#[test]
fn a_write_that_finds_no_memory_writes_nothing_and_gives_all_back() {
    let _memory = memory();
    let before = frames::statistics().free;
    let region = region(1 << 34);
    let space = space(1, READ_WRITE);
    space.store(BUFFER, &[b'x'; 4096]).expect("mapped");
    let mut hoard = Vec::new();
    while let Ok(frame) = kcore::mm::Frame::zeroed() {
        hoard.push(frame);
    }
    let data = pin(&space, 0, 4096);
    assert_eq!(region.write_whole(100, &data), Err(Errno::ENOMEM));
    assert_eq!(region.sync().changes.number(), 0);
    hoard.truncate(hoard.len() / 2);
    assert_eq!(region.write_whole(100, &data), Ok(()));
    drop((hoard, data, region, space));
    assert_eq!(frames::statistics().free, before);
}

#[test]
fn growing_and_shrinking_are_changes() {
    let _memory = memory();
    let region = region(0);
    for length in [100, 100, 5000, 4096, 0] {
        let _turn = region.turn(Purpose::Write).expect("free");
        region.set_length(length).expect("memory is plenty");
    }
    let (mut seen, mut found) = (0, Vec::new());
    while seen < region.sync().changes.number() {
        let change = region.sync().changes.wait(seen, None).expect("there is one");
        found.push((change.kind, change.offset, change.length));
        seen = change.number;
    }
    let (grown, shrunk) = (ChangeKind::Grown as u32, ChangeKind::Shrunk as u32);
    let wanted = [(grown, 100, 100), (grown, 5000, 4900), (shrunk, 4096, 904), (shrunk, 0, 4096)];
    assert_eq!(found, wanted);
}

#[test]
fn a_region_tells_its_lock_and_takes_it_along() {
    let _memory = memory();
    let region = region(1);
    assert_eq!(region.lock(7, Patience::None), Ok(Condition::Consistent));
    assert_eq!(region.lock(8, Patience::None), Err(Errno::EAGAIN));
    assert_eq!(region.lock(7, Patience::Endless), Err(Errno::EDEADLK));
    assert_eq!(region.unlock(8, None), Err(Errno::EPERM));
    let record = region.record();
    assert_eq!((record.lock_owner, record.state), (7, 1));
    kcore::region::holder_ended(7);
    let record = region.record();
    assert_eq!((record.lock_owner, record.state), (0, 2));
    assert_eq!(region.lock(8, Patience::None), Ok(Condition::Dirty));
    assert_eq!(region.unlock(8, Some(Condition::Consistent)), Ok(()));
    assert_eq!(region.record().state, 0);
}
