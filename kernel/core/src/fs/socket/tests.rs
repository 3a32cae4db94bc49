//! Sockets as calls use them, on the host.

use super::*;
use crate::fs::node::Waiting;
use crate::sched;
use crate::user_memory::{UserBuffer, UserData};
use abi::poll::PollEvents;

const NOW: Waiting = Waiting::Refused;

fn pair(kind: Kind) -> [Arc<OpenFile>; 2] {
    sched::start();
    create_pair(kind, OpenFlags::NON_BLOCKING).unwrap()
}

fn socket(file: &Arc<OpenFile>) -> &Socket {
    of_node(file.node()).unwrap()
}

fn send(file: &Arc<OpenFile>, bytes: &[u8], rights: &[&Arc<OpenFile>]) -> Result<usize, Errno> {
    let rights = rights.iter().map(|file| (*file).clone()).collect();
    let outgoing = Outgoing { rights, is_quiet: true, ..Outgoing::default() };
    socket(file).send(&mut UserData::kernel(bytes), outgoing, NOW)
}

fn receive(file: &Arc<OpenFile>, room: usize) -> Result<(Vec<u8>, Received), Errno> {
    receive_as(file, room, Options::default())
}

fn receive_as(
    file: &Arc<OpenFile>,
    room: usize,
    options: Options,
) -> Result<(Vec<u8>, Received), Errno> {
    let mut bytes = vec![0; room];
    let received = socket(file).receive(&mut UserBuffer::kernel(&mut bytes), options, NOW)?;
    bytes.truncate(received.count);
    Ok((bytes, received))
}

fn bytes(file: &Arc<OpenFile>, room: usize) -> Result<Vec<u8>, Errno> {
    receive(file, room).map(|(bytes, _)| bytes)
}

#[test]
fn a_stream_has_no_borders_and_messages_have() {
    let [one, other] = pair(Kind::Stream);
    send(&one, b"hello ", &[]).unwrap();
    send(&one, b"world", &[]).unwrap();
    assert_eq!(bytes(&other, 8).unwrap(), b"hello wo");
    assert_eq!(bytes(&other, 8).unwrap(), b"rld");
    assert_eq!(bytes(&other, 8), Err(Errno::EAGAIN));
    for kind in [Kind::Datagram, Kind::Packets] {
        let [one, other] = pair(kind);
        send(&one, b"hello", &[]).unwrap();
        send(&one, b"", &[]).unwrap();
        send(&one, b"world", &[]).unwrap();
        let (first, received) = receive(&other, 2).unwrap();
        assert_eq!((first, received.length), (b"he".to_vec(), 5), "the rest is gone");
        assert_eq!(bytes(&other, 9).unwrap(), b"");
        assert_eq!(bytes(&other, 9).unwrap(), b"world");
    }
}

#[test]
fn a_peek_leaves_everything_where_it_is() {
    let [one, other] = pair(Kind::Stream);
    send(&one, b"abc", &[&one]).unwrap();
    let options = Options { peeks: true, fills: false };
    let (peeked, received) = receive_as(&other, 9, options).unwrap();
    assert_eq!((peeked.as_slice(), received.rights.len()), (&b"abc"[..], 1));
    drop(received);
    let (read, received) = receive(&other, 9).unwrap();
    assert_eq!((read.as_slice(), received.rights.len()), (&b"abc"[..], 1));
}

#[test]
fn descriptors_come_with_their_first_byte_and_end_the_read() {
    let [one, other] = pair(Kind::Stream);
    send(&one, b"a", &[]).unwrap();
    send(&one, b"bc", &[&one]).unwrap();
    send(&one, b"d", &[]).unwrap();
    let (read, received) = receive(&other, 2).unwrap();
    assert_eq!((read.as_slice(), received.rights.len()), (&b"ab"[..], 1));
    assert!(Arc::ptr_eq(&received.rights[0], &one));
    let (read, received) = receive(&other, 9).unwrap();
    assert_eq!((read.as_slice(), received.rights.len()), (&b"cd"[..], 0));
}

#[test]
fn the_end_is_told_to_both_sides() {
    let [one, other] = pair(Kind::Stream);
    send(&one, b"left", &[]).unwrap();
    drop(one);
    let end = PollEvents::IN | PollEvents::HUP | PollEvents::RDHUP;
    assert!(other.readiness().contains(end));
    assert_eq!(bytes(&other, 9).unwrap(), b"left");
    assert_eq!(bytes(&other, 9).unwrap(), b"");
    assert_eq!(send(&other, b"x", &[]), Err(Errno::EPIPE));
    let [one, other] = pair(Kind::Stream);
    send(&one, b"lost", &[]).unwrap();
    drop(other);
    assert_eq!(bytes(&one, 9), Err(Errno::ECONNRESET), "it was not received");
    assert_eq!(bytes(&one, 9).unwrap(), b"");
    let [one, other] = pair(Kind::Datagram);
    drop(other);
    assert_eq!(send(&one, b"x", &[]), Err(Errno::ECONNREFUSED));
}

#[test]
fn a_way_that_is_shut_is_shut_for_both() {
    let [one, other] = pair(Kind::Stream);
    socket(&one).shut(Shut { receiving: false, sending: true });
    assert_eq!(send(&one, b"x", &[]), Err(Errno::EPIPE));
    assert_eq!(bytes(&other, 1).unwrap(), b"");
    send(&other, b"back", &[]).unwrap();
    assert_eq!(bytes(&one, 9).unwrap(), b"back");
    assert!(other.readiness().contains(PollEvents::RDHUP));
    assert!(!other.readiness().contains(PollEvents::HUP));
}

#[test]
fn a_full_queue_makes_the_sender_wait_and_is_told_when_there_is_room() {
    let [one, other] = pair(Kind::Stream);
    let mut sent = 0;
    while let Ok(count) = send(&one, &[7; 10_000], &[]) {
        sent += count;
    }
    assert!((100_000..=LIMIT).contains(&sent), "{sent}");
    assert!(!one.readiness().contains(PollEvents::OUT));
    let mut read = 0;
    while let Ok(part) = bytes(&other, 50_000) {
        read += part.len();
    }
    assert_eq!(read, sent);
    assert!(one.readiness().contains(PollEvents::OUT));
    let [one, _other] = pair(Kind::Datagram);
    assert_eq!(send(&one, &vec![0; LIMIT], &[]), Err(Errno::EMSGSIZE));
    let count = (0..10_000).take_while(|_| send(&one, b"", &[]).is_ok()).count();
    assert!(count < 1000, "empty messages take room, too: {count}");
}

#[test]
fn sockets_that_would_hold_each_other_for_ever_are_not_sent() {
    let [one, other] = pair(Kind::Stream);
    assert_eq!(send(&one, b"x", &[&other]), Err(Errno::ETOOMANYREFS), "to itself");
    let [near, far] = pair(Kind::Stream);
    send(&one, b"x", &[&far]).unwrap();
    assert_eq!(send(&near, b"x", &[&other]), Err(Errno::ETOOMANYREFS), "in a circle");
    send(&near, b"x", &[&one]).unwrap();
    let inodes = Arc::downgrade(&far);
    drop((one, near, far));
    assert!(inodes.upgrade().is_some(), "on its way");
    drop(other);
    assert!(inodes.upgrade().is_none(), "gone with the receiver");
}

#[test]
fn a_connection_is_made_accepted_and_refused() {
    sched::start();
    let create = || create(Kind::Stream, OpenFlags::NON_BLOCKING).unwrap();
    let (server, client) = (create(), create());
    let name = b"\0the test of connections";
    assert_eq!(names::find_abstract(name).err(), Some(Errno::ECONNREFUSED));
    socket(&server).bind_abstract(name).unwrap();
    assert_eq!(socket(&create()).bind_abstract(name), Err(Errno::EADDRINUSE));
    let target = names::find_abstract(name).unwrap();
    assert_eq!(socket(&client).connect(&target, NOW), Err(Errno::ECONNREFUSED));
    socket(&server).listen(1).unwrap();
    assert_eq!(socket(&server).accept(NOW, OpenFlags::empty()).err(), Some(Errno::EAGAIN));
    socket(&client).connect(&target, NOW).unwrap();
    assert_eq!(socket(&client).connect(&target, NOW), Err(Errno::EISCONN));
    let second = create();
    assert_eq!(socket(&second).connect(&target, NOW), Err(Errno::EAGAIN), "the backlog is full");
    send(&client, b"early", &[]).unwrap();
    assert!(server.readiness().contains(PollEvents::IN));
    let accepted = socket(&server).accept(NOW, OpenFlags::NON_BLOCKING).unwrap();
    assert_eq!(bytes(&accepted, 9).unwrap(), b"early");
    socket(&second).connect(&target, NOW).unwrap();
    drop((target, server));
    assert_eq!(bytes(&second, 9), Err(Errno::ECONNRESET), "nobody accepted it");
    send(&accepted, b"alive", &[]).unwrap();
    assert_eq!(bytes(&client, 9).unwrap(), b"alive");
    assert_eq!(names::find_abstract(name).err(), Some(Errno::ECONNREFUSED));
}
