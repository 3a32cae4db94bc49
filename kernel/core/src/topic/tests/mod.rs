//! The books of a topic: behaviours one by one, and any order of steps against a plain model.

mod model;
mod reference;

use super::*;
use abi::topic::TopicPolicy;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use model::Model;
use proptest::prelude::*;

const NEXT: Mode = Mode { latest: false, again: false };
const LATEST: Mode = Mode { latest: true, again: false };
const VOLATILE: Filter = Filter { transient_local: false, ignore_local: false };
const TRANSIENT: Filter = Filter { transient_local: true, ignore_local: false };

fn publish(books: &mut Books, id: u32, address: u64) -> (u64, Vec<u64>) {
    let mut freed = Freed::default();
    let message = Message { address, length: 8, time: 0 };
    let number = books.publish(id, message, &mut freed).expect("there is room");
    (number, addresses(&freed))
}

fn addresses(freed: &Freed) -> Vec<u64> {
    freed.record().addresses[..freed.record().count as usize].to_vec()
}

fn take(books: &mut Books, id: u32, mode: Mode) -> Result<(u64, u64), Error> {
    books.take(id, mode).map(|taken| (taken.message.address, taken.lost))
}

#[test]
fn publishers_and_subscribers_share_numbers_that_are_never_used_again() {
    let mut books = Books::new();
    assert_eq!(books.advertise(1, 1, TopicPolicy::Overwrite), Ok(1));
    assert_eq!(books.subscribe(1, 1, VOLATILE), Ok(2));
    books.leave(2);
    assert_eq!(books.subscribe(1, 1, VOLATILE), Ok(3));
    books.leave(1);
    books.leave(3);
    assert!(books.is_empty());
}

#[test]
fn a_volatile_subscriber_gets_only_what_comes_later() {
    let mut books = Books::new();
    let publisher = books.advertise(1, 5, TopicPolicy::Overwrite).unwrap();
    publish(&mut books, publisher, 100);
    let late = books.subscribe(2, 5, VOLATILE).unwrap();
    let keen = books.subscribe(2, 5, TRANSIENT).unwrap();
    assert_eq!(take(&mut books, late, NEXT), Err(Error::Nothing));
    assert_eq!(take(&mut books, keen, NEXT), Ok((100, 0)));
    publish(&mut books, publisher, 200);
    assert_eq!(take(&mut books, late, NEXT), Ok((200, 0)));
    assert_eq!(take(&mut books, keen, NEXT), Ok((200, 0)));
}

#[test]
fn memory_comes_back_when_it_has_left_the_queue_and_nobody_holds_it() {
    let mut books = Books::new();
    let publisher = books.advertise(1, 1, TopicPolicy::Overwrite).unwrap();
    let subscriber = books.subscribe(2, 1, VOLATILE).unwrap();
    let (first, _) = publish(&mut books, publisher, 100);
    take(&mut books, subscriber, NEXT).unwrap();
    assert_eq!(publish(&mut books, publisher, 200).1, []);
    assert_eq!(publish(&mut books, publisher, 300).1, [200]);
    books.release(subscriber, first).unwrap();
    assert_eq!(books.release(subscriber, first), Err(Error::NotHeld));
    assert_eq!(publish(&mut books, publisher, 400).1, [100, 300]);
}

#[test]
fn a_slow_subscriber_loses_the_oldest_and_is_told_how_many() {
    let mut books = Books::new();
    let publisher = books.advertise(1, 3, TopicPolicy::Overwrite).unwrap();
    let subscriber = books.subscribe(2, 10, VOLATILE).unwrap();
    let near = books.subscribe(2, 2, VOLATILE).unwrap();
    for address in 1..=10 {
        publish(&mut books, publisher, address);
    }
    assert_eq!(take(&mut books, subscriber, NEXT), Ok((8, 7)));
    assert_eq!(take(&mut books, subscriber, NEXT), Ok((9, 0)));
    assert_eq!(take(&mut books, near, NEXT), Ok((9, 8)));
    publish(&mut books, publisher, 11);
    assert_eq!(take(&mut books, subscriber, LATEST), Ok((11, 1)));
    assert_eq!(take(&mut books, subscriber, NEXT), Err(Error::Nothing));
}

#[test]
fn the_last_message_can_be_had_again_and_is_held_once() {
    let again = Mode { again: true, ..NEXT };
    let mut books = Books::new();
    let publisher = books.advertise(1, 1, TopicPolicy::Overwrite).unwrap();
    let subscriber = books.subscribe(2, 1, VOLATILE).unwrap();
    assert_eq!(take(&mut books, subscriber, again), Err(Error::Nothing));
    let (number, _) = publish(&mut books, publisher, 100);
    assert_eq!(take(&mut books, subscriber, again), Ok((100, 0)));
    assert_eq!(take(&mut books, subscriber, again), Ok((100, 0)));
    books.release(subscriber, number).unwrap();
    assert_eq!(books.release(subscriber, number), Err(Error::NotHeld));
}

#[test]
fn a_topic_that_refuses_keeps_what_is_waited_for() {
    let mut books = Books::new();
    let publisher = books.advertise(1, 2, TopicPolicy::Refuse).unwrap();
    assert_eq!(books.advertise(1, 2, TopicPolicy::Wait), Err(Error::OtherPolicy));
    for address in 1..5 {
        publish(&mut books, publisher, address);
    }
    let subscriber = books.subscribe(2, 10, VOLATILE).unwrap();
    let (number, _) = publish(&mut books, publisher, 5);
    publish(&mut books, publisher, 6);
    assert_eq!(books.has_room(publisher), Ok(false));
    take(&mut books, subscriber, NEXT).unwrap();
    assert_eq!(books.has_room(publisher), Ok(false), "it is being read");
    books.release(subscriber, number).unwrap();
    assert_eq!(publish(&mut books, publisher, 7).1, [5]);
    assert_eq!(books.has_room(publisher), Ok(false));
    books.leave(subscriber);
    assert_eq!(books.has_room(publisher), Ok(true));
}

#[test]
fn what_a_publisher_leaves_stays_until_it_is_read() {
    let mut books = Books::new();
    let publisher = books.advertise(1, 5, TopicPolicy::Overwrite).unwrap();
    let subscriber = books.subscribe(2, 5, VOLATILE).unwrap();
    let (first, _) = publish(&mut books, publisher, 100);
    let (second, _) = publish(&mut books, publisher, 200);
    books.leave(publisher);
    let late = books.subscribe(3, 5, TRANSIENT).unwrap();
    assert_eq!(take(&mut books, late, NEXT), Err(Error::Nothing));
    assert_eq!(take(&mut books, subscriber, NEXT), Ok((100, 0)));
    assert_eq!(take(&mut books, subscriber, NEXT), Ok((200, 0)));
    books.release(subscriber, second).unwrap();
    assert!(books.knows_publisher(publisher));
    books.release(subscriber, first).unwrap();
    assert!(!books.knows_publisher(publisher));
    assert_eq!(books.entries(), 0);
}

#[test]
fn a_publisher_goes_once_and_later_subscribers_get_nothing_of_it() {
    let mut books = Books::new();
    let publisher = books.advertise(1, 5, TopicPolicy::Overwrite).unwrap();
    let subscriber = books.subscribe(2, 5, VOLATILE).unwrap();
    publish(&mut books, publisher, 100);
    books.leave(publisher);
    let late = books.subscribe(3, 5, TRANSIENT).unwrap();
    books.leave(publisher);
    assert_eq!(take(&mut books, late, NEXT), Err(Error::Nothing));
    assert_eq!(take(&mut books, subscriber, NEXT), Ok((100, 0)));
}

#[test]
fn a_subscriber_that_goes_lets_go_of_what_it_holds() {
    let mut books = Books::new();
    let publisher = books.advertise(1, 1, TopicPolicy::Overwrite).unwrap();
    let subscriber = books.subscribe(2, 1, VOLATILE).unwrap();
    publish(&mut books, publisher, 100);
    take(&mut books, subscriber, NEXT).unwrap();
    publish(&mut books, publisher, 200);
    books.leave(subscriber);
    assert_eq!(publish(&mut books, publisher, 300).1, [100, 200]);
    let next = books.subscribe(2, 1, VOLATILE).unwrap();
    assert_eq!(take(&mut books, next, NEXT), Err(Error::Nothing));
}

#[test]
fn a_topic_has_1024_subscribers_and_each_holds_on_its_own() {
    let mut books = Books::new();
    let publisher = books.advertise(1, 1, TopicPolicy::Overwrite).unwrap();
    let all: Vec<u32> = (0..1024).map(|_| books.subscribe(2, 1, VOLATILE).unwrap()).collect();
    assert_eq!(books.subscribe(2, 1, VOLATILE), Err(Error::TooMany));
    let (number, _) = publish(&mut books, publisher, 100);
    for id in &all {
        assert_eq!(take(&mut books, *id, NEXT), Ok((100, 0)));
    }
    assert_eq!(publish(&mut books, publisher, 200).1, []);
    for id in &all {
        books.release(*id, number).unwrap();
    }
    assert_eq!(publish(&mut books, publisher, 300).1, [100, 200]);
}

#[derive(Clone, Debug)]
enum Step {
    Advertise(u32, u32),
    Subscribe(u32, u32, Filter),
    Publish(usize),
    Take(usize, Mode),
    Release(usize, usize),
    Leave(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let filter = any::<(bool, bool)>()
        .prop_map(|(transient_local, ignore_local)| Filter { transient_local, ignore_local });
    let mode = any::<(bool, bool)>().prop_map(|(latest, again)| Mode { latest, again });
    prop_oneof![
        1 => (0..3_u32, 1..4_u32).prop_map(|(pid, depth)| Step::Advertise(pid, depth)),
        2 => (0..3_u32, 1..5_u32, filter).prop_map(|(pid, depth, filter)| Step::Subscribe(pid, depth, filter)),
        8 => (0..8_usize).prop_map(Step::Publish),
        8 => (0..8_usize, mode).prop_map(|(who, mode)| Step::Take(who, mode)),
        5 => (0..8_usize, 0..8_usize).prop_map(|(who, what)| Step::Release(who, what)),
        1 => (0..8_usize).prop_map(Step::Leave),
    ]
}

/// The books, the model, and every member that there ever was.
struct Machine {
    books: Books,
    model: Model,
    policy: TopicPolicy,
    members: Vec<u32>,
    next_address: u64,
}

impl Machine {
    fn member(&self, index: usize) -> u32 {
        // The last ones, so that most of them are alive; 99 never is one.
        self.members.iter().rev().nth(index).copied().unwrap_or(99_999)
    }

    fn run(&mut self, step: &Step) {
        match *step {
            Step::Advertise(pid, depth) => {
                self.model.policy = self.policy;
                let id = self.books.advertise(pid, depth, self.policy).unwrap();
                let depth = depth as usize;
                self.model.publishers.push(model::Publisher { id, pid, depth, has_gone: false });
                self.members.push(id);
            }
            Step::Subscribe(pid, depth, filter) => {
                let id = self.books.subscribe(pid, depth, filter).unwrap();
                self.model.subscribe(id, pid, depth as usize, filter);
                self.members.push(id);
            }
            Step::Publish(who) => {
                self.next_address += 1;
                let message = Message { address: self.next_address, length: 1, time: 0 };
                let mut freed = Freed::default();
                let id = self.member(who);
                let found = self.books.publish(id, message, &mut freed);
                let found = found.map(|number| (number, addresses(&freed)));
                assert_eq!(found, self.model.publish(id, self.next_address));
            }
            Step::Take(who, mode) => {
                let id = self.member(who);
                let peeked = self.books.peek(id, mode).map(|taken| taken.number);
                let found = self.books.take(id, mode).map(|taken| (taken.number, taken.lost));
                assert_eq!(peeked, found.map(|(number, _)| number));
                assert_eq!(found, self.model.take(id, mode));
            }
            Step::Release(who, what) => {
                let id = self.member(who);
                let number = self.model.entries.get(what).map_or(7, |entry| entry.number);
                assert_eq!(self.books.release(id, number), self.model.release(id, number));
            }
            Step::Leave(who) => {
                let id = self.member(who);
                self.books.leave(id);
                self.model.leave(id);
            }
        }
    }

    fn check(&self) {
        let numbers: Vec<u64> = self.books.entries.iter().map(|entry| entry.number).collect();
        let expected: Vec<u64> = self.model.entries.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, expected);
        for entry in &self.model.entries {
            let index = self.books.entries.position(entry.number).unwrap();
            let held = &self.books.entries[index].holders;
            let holders: BTreeSet<u32> = (0..64)
                .filter(|place| held.contains(*place))
                .map(|place| self.books.subscriber(place).unwrap().id)
                .collect();
            assert_eq!(holders, entry.holders);
        }
        let publishers: Vec<u32> = self.books.publishers.keys().copied().collect();
        let expected: Vec<u32> = self.model.publishers.iter().map(|entry| entry.id).collect();
        assert_eq!(publishers, expected);
    }
}

proptest! {
    #[test]
    fn any_order_of_steps_does_what_the_model_does(
        policy in 0..3_u32,
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut machine = Machine {
            books: Books::new(),
            model: Model::default(),
            policy: TopicPolicy::from_number(policy).unwrap(),
            members: Vec::new(),
            next_address: 0,
        };
        for step in &steps {
            machine.run(step);
            machine.check();
        }
        for index in 0..machine.members.len() {
            machine.books.leave(machine.members[index]);
        }
        prop_assert!(machine.books.is_empty() && machine.books.entries() == 0);
    }
}
