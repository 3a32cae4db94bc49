//! Tests of pipes, as far as they need nobody to wait.

use super::*;
use alloc::vec::Vec;
use proptest::prelude::*;

const NON_BLOCKING: OpenFlags = OpenFlags::NON_BLOCKING;

fn write(end: &OpenFile, bytes: &[u8]) -> Result<usize, Errno> {
    end.write(&mut UserData::kernel(bytes))
}

fn read(end: &OpenFile, length: usize) -> Result<Vec<u8>, Errno> {
    let mut bytes = vec![0; length];
    let count = end.read(&mut UserBuffer::kernel(&mut bytes))?;
    bytes.truncate(count);
    Ok(bytes)
}

#[test]
fn bytes_come_out_in_the_order_in_which_they_went_in() {
    let (from, to) = create(OpenFlags::empty()).unwrap();
    assert_eq!(write(&to, b"hello "), Ok(6));
    assert_eq!(write(&to, b"world"), Ok(5));
    assert_eq!(read(&from, 3).unwrap(), b"hel");
    assert_eq!(read(&from, 100).unwrap(), b"lo world");
}

#[test]
fn the_end_comes_when_the_last_writer_has_gone() {
    let (from, to) = create(NON_BLOCKING).unwrap();
    write(&to, b"x").unwrap();
    drop(to);
    assert_eq!(read(&from, 10).unwrap(), b"x");
    assert_eq!(read(&from, 10).unwrap(), b"");
}

#[test]
fn an_empty_pipe_with_a_writer_is_not_at_its_end() {
    let (from, _to) = create(NON_BLOCKING).unwrap();
    assert_eq!(read(&from, 10), Err(Errno::EAGAIN));
}

#[test]
fn a_fifo_has_hung_up_only_after_a_writer_and_keeps_nothing_when_it_is_closed() {
    let fifo = Pipe::unopened();
    let reading = NON_BLOCKING;
    let writing = NON_BLOCKING | OpenFlags::WRITE_ONLY;
    assert_eq!(fifo.open_named(writing), Err(Errno::ENXIO));
    assert_eq!(fifo.open_named(reading), Ok(()));
    assert_eq!(fifo.readiness(reading), PollEvents::empty());
    assert_eq!(fifo.open_named(writing), Ok(()));
    let written = fifo.write(Place::End, &mut UserData::kernel(b"lost"), Waiting::Refused);
    assert_eq!(written.map(|written| written.count), Ok(4));
    fifo.close(writing);
    assert_eq!(fifo.readiness(reading), PollEvents::READABLE | PollEvents::HUP);
    fifo.close(reading);
    assert_eq!(fifo.open_named(OpenFlags::READ_WRITE), Ok(()));
    assert_eq!(fifo.readiness(OpenFlags::READ_WRITE), PollEvents::WRITABLE);
}

#[test]
fn a_pipe_holds_exactly_its_capacity() {
    let (from, to) = create(NON_BLOCKING).unwrap();
    assert_eq!(write(&to, &vec![7; 100_000]), Ok(65_536));
    assert_eq!(write(&to, b"x"), Err(Errno::EAGAIN));
    assert_eq!(read(&from, 10).unwrap().len(), 10);
    assert_eq!(write(&to, b"0123456789"), Ok(10));
    assert_eq!(read(&from, 100_000).unwrap().len(), 65_536);
}

#[test]
fn a_write_of_at_most_pipe_buf_goes_in_whole_or_not_at_all() {
    let (from, to) = create(NON_BLOCKING).unwrap();
    assert_eq!(write(&to, &vec![7; 65_536 - 4095]), Ok(65_536 - 4095));
    assert_eq!(write(&to, &[8; 4096]), Err(Errno::EAGAIN));
    assert_eq!(write(&to, &[8; 4097]), Ok(4095));
    assert_eq!(read(&from, 1).unwrap(), [7]);
}

#[test]
fn each_end_does_only_its_own() {
    let (from, to) = create(NON_BLOCKING).unwrap();
    assert_eq!(write(&from, b"x"), Err(Errno::EBADF));
    assert_eq!(read(&to, 1), Err(Errno::EBADF));
    assert_eq!(from.seek(0, 0), Err(Errno::ESPIPE));
    assert_eq!(to.set_length(0), Err(Errno::EINVAL));
    assert_eq!(from.region().err(), Some(Errno::ENODEV));
    assert_eq!(from.stat().st_mode & 0o170000, 0o010000);
}

proptest! {
    #[test]
    fn any_mix_of_sizes_keeps_every_byte(
        steps in prop::collection::vec((1_usize..10_000, 1_usize..10_000), 1..60),
    ) {
        let (from, to) = create(NON_BLOCKING).unwrap();
        let (mut sent, mut received, mut next) = (Vec::new(), Vec::new(), 0_u32);
        for (write_size, read_size) in steps {
            let bytes: Vec<u8> = (0..write_size).map(|_| { next += 1; (next % 251) as u8 }).collect();
            let taken = write(&to, &bytes).unwrap_or(0);
            sent.extend_from_slice(&bytes[..taken]);
            received.extend(read(&from, read_size).unwrap_or_default());
        }
        drop(to);
        received.extend(read(&from, 1 << 20).unwrap());
        prop_assert_eq!(sent, received);
    }
}

#[test]
fn an_end_is_ready_when_it_would_not_wait() {
    let (from, to) = create(NON_BLOCKING).unwrap();
    assert_eq!(from.readiness(), PollEvents::empty());
    assert_eq!(to.readiness(), PollEvents::WRITABLE);
    write(&to, &vec![7; 65_536 - 4095]).unwrap();
    assert_eq!(to.readiness(), PollEvents::empty());
    assert_eq!(from.readiness(), PollEvents::READABLE);
    read(&from, 1).unwrap();
    assert_eq!(to.readiness(), PollEvents::WRITABLE);
}

#[test]
fn an_end_whose_other_has_gone_says_so() {
    let (from, to) = create(NON_BLOCKING).unwrap();
    write(&to, b"x").unwrap();
    drop(to);
    assert_eq!(from.readiness(), PollEvents::READABLE | PollEvents::HUP);
    read(&from, 1).unwrap();
    assert_eq!(from.readiness(), PollEvents::HUP);
    let (from, to) = create(NON_BLOCKING).unwrap();
    drop(from);
    assert_eq!(to.readiness(), PollEvents::WRITABLE | PollEvents::ERR);
}
