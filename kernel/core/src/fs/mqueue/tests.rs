//! Tests of message queues.

use super::*;
use crate::fs::Waiting;
use crate::process::Credentials;
use crate::sched;
use abi::Errno;
use abi::file::OpenFlags;
use abi::message_queue::MessageQueueAttributes;
use alloc::sync::Arc;
use alloc::vec::Vec;

const USER: u32 = 4711;

fn maker(uid: u32, attributes: Option<(i64, i64)>) -> Maker {
    Maker {
        credentials: Credentials { uid, gid: uid },
        mode: 0o600,
        attributes: attributes.map(|(count, size)| MessageQueueAttributes::new(count, size)),
        limit: 819_200,
    }
}

fn create(name: &[u8], maker: &Maker) -> Result<Arc<Queue>, Errno> {
    let flags = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::READ_WRITE;
    open(name, flags, maker).map(|(queue, _)| queue)
}

fn send(queue: &Queue, priority: u32, text: &[u8]) -> Result<(), Errno> {
    let bytes = Vec::from(text);
    queue.send(Message { priority, bytes }, Waiting::Refused, None)
}

#[test]
fn the_oldest_of_the_most_urgent_messages_is_received() {
    sched::start();
    let queue = create(b"order", &maker(0, Some((4, 8)))).unwrap();
    for (priority, text) in [(1, b"a"), (7, b"b"), (1, b"c"), (7, b"d")] {
        send(&queue, priority, text).unwrap();
    }
    assert_eq!(send(&queue, 9, b"e"), Err(Errno::EAGAIN));
    for text in [b"b", b"d", b"a", b"c"] {
        assert_eq!(queue.receive(Waiting::Refused, None).unwrap().bytes, text);
    }
    assert_eq!(queue.receive(Waiting::Refused, None), Err(Errno::EAGAIN));
    unlink(b"order", Credentials { uid: 0, gid: 0 }).unwrap();
}

#[test]
fn a_wait_that_ends_leaves_nothing_in_line() {
    sched::start();
    let queue = create(b"line", &maker(0, Some((1, 8)))).unwrap();
    assert_eq!(queue.receive(Waiting::Allowed, Some(0)), Err(Errno::ETIMEDOUT));
    send(&queue, 0, b"stays").unwrap();
    let message = Message { priority: 0, bytes: Vec::from(*b"late") };
    assert_eq!(queue.send(message, Waiting::Allowed, Some(0)), Err(Errno::ETIMEDOUT));
    assert_eq!(queue.receive(Waiting::Refused, None).unwrap().bytes, b"stays");
    assert_eq!(queue.attributes().messages, 0);
    unlink(b"line", Credentials { uid: 0, gid: 0 }).unwrap();
}

#[test]
fn a_users_limit_counts_what_its_queues_may_come_to_hold() {
    let one = create(b"first of a user", &maker(USER, Some((10, 8192)))).unwrap();
    let small = Maker { limit: 100_000, ..maker(USER, Some((10, 8192))) };
    assert_eq!(create(b"second of a user", &small).err(), Some(Errno::EMFILE));
    let caller = Credentials { uid: USER, gid: USER };
    unlink(b"first of a user", caller).unwrap();
    assert_eq!(create(b"second of a user", &small).err(), Some(Errno::EMFILE), "it is open");
    drop(one);
    create(b"second of a user", &small).unwrap();
    unlink(b"second of a user", caller).unwrap();
}

#[test]
fn others_than_root_make_small_queues_and_open_what_they_may() {
    for wrong in [(0, 8), (11, 8), (1, 0), (1, 8193), (-1, 8)] {
        assert_eq!(create(b"wrong", &maker(USER, Some(wrong))).err(), Some(Errno::EINVAL));
    }
    let _queue = create(b"mine", &maker(USER, None)).unwrap();
    let other = maker(USER + 1, None);
    let outcome = open(b"mine", OpenFlags::empty(), &other);
    assert_eq!(outcome.err(), Some(Errno::EACCES));
    assert_eq!(unlink(b"mine", other.credentials), Err(Errno::EPERM));
    assert_eq!(create(b"mine", &other).err(), Some(Errno::EEXIST));
    unlink(b"mine", Credentials { uid: USER, gid: USER }).unwrap();
    assert_eq!(unlink(b"mine", other.credentials), Err(Errno::ENOENT));
    for (name, error) in [(&b""[..], Errno::ENOENT), (b"a/b", Errno::EACCES), (b".", Errno::EACCES)]
    {
        assert_eq!(create(name, &other).err(), Some(error));
    }
    assert_eq!(create(&[b'x'; 256], &other).err(), Some(Errno::ENAMETOOLONG));
}
