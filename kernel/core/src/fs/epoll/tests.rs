//! Epoll sets on pipes and counters, as epoll(7) says.

use super::*;
use crate::fs::event::{Reading, create_counter};
use crate::fs::pipe;
use crate::user_memory::{UserBuffer, UserData};
use abi::epoll::EPOLLET;

const IN: u32 = PollEvents::IN.bits() as u32;
const OUT: u32 = PollEvents::OUT.bits() as u32;

fn wish(events: u32, data: u64) -> EpollEvent {
    EpollEvent { events, data, padding: 0 }
}

struct Set(Arc<OpenFile>);

impl Set {
    fn new() -> Self {
        crate::sched::start();
        Self(create().unwrap())
    }

    fn epoll(&self) -> &Epoll {
        of_node(self.0.node()).unwrap()
    }

    fn add(&self, number: u32, file: &Arc<OpenFile>, events: u32) -> Result<(), Errno> {
        self.epoll().add(Fd(number), file, wish(events, number.into()))
    }

    fn found(&self) -> Vec<(u64, u32)> {
        let found = self.epoll().wait(10, Some(0)).unwrap();
        found.iter().map(|report| (report.event.data, report.event.events)).collect()
    }
}

fn pipe_ends() -> (Arc<OpenFile>, Arc<OpenFile>) {
    pipe::create(OpenFlags::NON_BLOCKING).unwrap()
}

fn write(file: &OpenFile) {
    file.write(&mut UserData::kernel(b"abcdefgh")).unwrap();
}

fn read(file: &OpenFile, length: usize) {
    file.read(&mut UserBuffer::kernel(&mut vec![0; length])).unwrap();
}

#[test]
fn what_is_ready_is_told_as_long_as_it_is() {
    let (set, (from, to)) = (Set::new(), pipe_ends());
    set.add(3, &from, IN).unwrap();
    set.add(4, &to, IN | OUT).unwrap();
    assert_eq!(set.found(), [(4, OUT)]);
    write(&to);
    let mut found = set.found();
    found.sort_unstable();
    assert_eq!(found, [(3, IN), (4, OUT)]);
    assert_eq!(set.found().len(), 2, "still ready");
    read(&from, 8);
    assert_eq!(set.found(), [(4, OUT)]);
}

#[test]
fn an_edge_is_told_once_and_a_partial_read_is_none() {
    let (set, (from, to)) = (Set::new(), pipe_ends());
    set.add(3, &from, IN | EPOLLET).unwrap();
    write(&to);
    assert_eq!(set.found(), [(3, IN)]);
    assert_eq!(set.found(), []);
    read(&from, 3);
    assert_eq!(set.found(), [], "nothing new has come");
    write(&to);
    assert_eq!(set.found(), [(3, IN)]);
    drop(to);
    assert_eq!(set.found(), [(3, IN | u32::from(PollEvents::HUP.bits()))]);
}

#[test]
fn a_single_shot_waits_to_be_loaded_again() {
    let (set, (from, to)) = (Set::new(), pipe_ends());
    set.add(3, &from, IN | EPOLLONESHOT).unwrap();
    write(&to);
    assert_eq!(set.found(), [(3, IN)]);
    write(&to);
    assert_eq!(set.found(), []);
    set.epoll().change(Fd(3), &from, wish(IN | EPOLLONESHOT, 7)).unwrap();
    assert_eq!(set.found(), [(7, IN)]);
}

#[test]
fn a_watch_ends_with_the_file_or_when_it_is_taken_away() {
    let (set, (from, to)) = (Set::new(), pipe_ends());
    write(&to);
    set.add(3, &from, IN).unwrap();
    assert_eq!(set.add(3, &from, IN), Err(Errno::EEXIST));
    set.add(5, &from, IN).unwrap();
    assert_eq!(set.epoll().remove(Fd(9), &from), Err(Errno::ENOENT));
    set.epoll().remove(Fd(3), &from).unwrap();
    assert_eq!(set.found(), [(5, IN)]);
    drop(from);
    assert_eq!(set.found(), []);
    assert!(set.epoll().items.lock().items.is_empty());
}

#[test]
fn a_set_leaves_nothing_behind_in_the_queues_of_its_files() {
    let (from, to) = pipe_ends();
    let set = Set::new();
    set.add(3, &from, IN).unwrap();
    drop(set);
    from.visit_queues(&mut |queue| assert_eq!(queue.relays(), 0));
    write(&to);
}

#[test]
fn sets_watch_sets_but_not_in_a_circle_nor_too_many_in_a_row() {
    let (from, to) = pipe_ends();
    let sets: Vec<_> = (0..7).map(|_| Set::new()).collect();
    sets[0].add(3, &from, IN).unwrap();
    for pair in sets[..5].windows(2) {
        pair[1].add(4, &pair[0].0, IN).unwrap();
    }
    assert_eq!(sets[0].add(5, &sets[4].0, IN), Err(Errno::ELOOP));
    assert_eq!(sets[5].add(4, &sets[4].0, IN), Err(Errno::ELOOP));
    assert_eq!(sets[4].found(), []);
    write(&to);
    assert_eq!(sets[4].found(), [(4, IN)]);
}

#[test]
fn all_get_their_turn_when_room_is_short() {
    let set = Set::new();
    let counters: Vec<_> =
        (0..5).map(|_| create_counter(1, Reading::All, OpenFlags::empty()).unwrap()).collect();
    for (number, counter) in counters.iter().enumerate() {
        set.add(number as u32, counter, IN).unwrap();
    }
    let mut seen: Vec<u64> =
        (0..5).map(|_| set.epoll().wait(1, Some(0)).unwrap()[0].event.data).collect();
    seen.sort_unstable();
    assert_eq!(seen, [0, 1, 2, 3, 4]);
}

#[test]
fn what_was_not_delivered_is_told_again() {
    let (set, (from, to)) = (Set::new(), pipe_ends());
    set.add(3, &from, IN | EPOLLET | EPOLLONESHOT).unwrap();
    write(&to);
    let found = set.epoll().wait(1, Some(0)).unwrap();
    set.epoll().put_back(&found);
    assert_eq!(set.found(), [(3, IN)]);
}
