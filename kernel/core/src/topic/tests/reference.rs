//! What the books do where the system that robots use today has a rule: numbers, depth, references,
//! and what stays of those who have gone.

use super::*;
use abi::topic::{FREED_MAX, TOPIC_MEMBERS_MAX};

const IGNORING: Filter = Filter { transient_local: false, ignore_local: true };

fn overwriting(books: &mut Books, pid: u32, depth: u32) -> u32 {
    books.advertise(pid, depth, TopicPolicy::Overwrite).unwrap()
}

fn reclaim(books: &mut Books, id: u32) -> Vec<u64> {
    let mut freed = Freed::default();
    books.reclaim(id, &mut freed).unwrap();
    addresses(&freed)
}

#[test]
fn a_topic_has_1024_publishers_beside_its_subscribers() {
    let mut books = Books::new();
    let all: Vec<u32> = (0..TOPIC_MEMBERS_MAX).map(|_| overwriting(&mut books, 1, 1)).collect();
    assert_eq!(books.advertise(1, 1, TopicPolicy::Overwrite), Err(Error::TooMany));
    assert!(books.subscribe(1, 1, VOLATILE).is_ok());
    books.leave(all[7]);
    assert!(books.advertise(1, 1, TopicPolicy::Overwrite).is_ok());
    assert_eq!((books.live_publishers(), books.live_subscribers()), (TOPIC_MEMBERS_MAX, 1));
}

#[test]
fn who_is_unknown_is_refused_by_every_call() {
    let mut books = Books::new();
    let publisher = overwriting(&mut books, 1, 1);
    let subscriber = books.subscribe(2, 1, VOLATILE).unwrap();
    let message = Message { address: 1, length: 1, time: 0 };
    // One role is unknown in the other.
    for nobody in [99, subscriber] {
        let mut freed = Freed::default();
        assert_eq!(books.publish(nobody, message, &mut freed), Err(Error::Unknown));
        assert_eq!(books.reclaim(nobody, &mut freed), Err(Error::Unknown));
        assert_eq!(books.has_room(nobody), Err(Error::Unknown));
    }
    for nobody in [99, publisher] {
        assert_eq!(take(&mut books, nobody, NEXT), Err(Error::Unknown));
        assert_eq!(books.peek(nobody, NEXT), Err(Error::Unknown));
        assert_eq!(books.release(nobody, 1), Err(Error::Unknown));
    }
    assert_eq!(books.release(subscriber, 1), Err(Error::NotHeld));
    assert_eq!(books.entries(), 0);
}

#[test]
fn messages_have_rising_numbers_of_which_a_volatile_subscriber_takes_one() {
    let mut books = Books::new();
    let (one, two) = (overwriting(&mut books, 1, 9), overwriting(&mut books, 2, 9));
    assert_eq!(publish(&mut books, one, 10).0, 1);
    assert_eq!(publish(&mut books, two, 20).0, 2);
    books.subscribe(3, 9, VOLATILE).unwrap();
    assert_eq!(publish(&mut books, one, 11).0, 4);
    books.subscribe(3, 9, TRANSIENT).unwrap();
    assert_eq!(publish(&mut books, two, 21).0, 5);
}

#[test]
fn a_publishers_depth_counts_its_own_messages_only() {
    let mut books = Books::new();
    let (one, two) = (overwriting(&mut books, 1, 1), overwriting(&mut books, 2, 3));
    for address in [20, 21, 22] {
        publish(&mut books, two, address);
    }
    assert_eq!(publish(&mut books, one, 10).1, []);
    assert_eq!(publish(&mut books, one, 11).1, [10]);
    assert_eq!(publish(&mut books, two, 23).1, [20]);
    assert_eq!(books.entries(), 4);
}

#[test]
fn a_message_that_is_held_is_passed_over_and_the_next_one_goes() {
    let mut books = Books::new();
    let publisher = overwriting(&mut books, 1, 2);
    let subscriber = books.subscribe(2, 9, VOLATILE).unwrap();
    let (first, _) = publish(&mut books, publisher, 1);
    take(&mut books, subscriber, NEXT).unwrap();
    assert_eq!(publish(&mut books, publisher, 2).1, []);
    assert_eq!(publish(&mut books, publisher, 3).1, [], "the oldest one is held");
    assert_eq!(publish(&mut books, publisher, 4).1, [2]);
    books.release(subscriber, first).unwrap();
    assert_eq!(reclaim(&mut books, publisher), [1]);
    assert_eq!(reclaim(&mut books, publisher), []);
    assert_eq!(books.entries(), 2);
}

#[test]
fn a_call_gives_back_so_many_addresses_and_the_next_one_more() {
    let mut books = Books::new();
    let publisher = overwriting(&mut books, 1, 1);
    let subscriber = books.subscribe(2, 99, VOLATILE).unwrap();
    for address in 1..=40 {
        assert_eq!(publish(&mut books, publisher, address).1, []);
        take(&mut books, subscriber, NEXT).unwrap();
    }
    books.leave(subscriber);
    let mut back = publish(&mut books, publisher, 41).1;
    assert_eq!(back.len(), FREED_MAX);
    back.extend(reclaim(&mut books, publisher));
    assert_eq!(back.len(), 2 * FREED_MAX);
    back.extend(reclaim(&mut books, publisher));
    assert_eq!(back, (1..=40).collect::<Vec<_>>());
}

#[test]
fn a_subscriber_gets_the_oldest_within_its_depth_first_and_none_twice() {
    let mut books = Books::new();
    let publisher = overwriting(&mut books, 1, 9);
    let subscriber = books.subscribe(2, 3, VOLATILE).unwrap();
    for address in 1..=5 {
        publish(&mut books, publisher, address);
    }
    assert_eq!(take(&mut books, subscriber, NEXT), Ok((3, 2)));
    publish(&mut books, publisher, 6);
    let rest: Vec<_> = (0..4).map(|_| take(&mut books, subscriber, NEXT)).collect();
    assert_eq!(rest, [Ok((4, 0)), Ok((5, 0)), Ok((6, 0)), Err(Error::Nothing)]);
}

#[test]
fn who_ignores_its_own_process_waits_for_none_of_its_messages() {
    let mut books = Books::new();
    let (own, other) = (overwriting(&mut books, 1, 9), overwriting(&mut books, 2, 9));
    let subscriber = books.subscribe(1, 9, IGNORING).unwrap();
    publish(&mut books, own, 10);
    assert_eq!(books.peek(subscriber, NEXT), Err(Error::Nothing));
    publish(&mut books, other, 20);
    assert_eq!(take(&mut books, subscriber, NEXT), Ok((20, 0)));
    assert_eq!(take(&mut books, subscriber, NEXT), Err(Error::Nothing));
}

#[test]
fn a_subscriber_that_goes_takes_nothing_from_a_publisher_that_stays() {
    let mut books = Books::new();
    let publisher = overwriting(&mut books, 1, 1);
    let subscriber = books.subscribe(2, 9, VOLATILE).unwrap();
    publish(&mut books, publisher, 1);
    take(&mut books, subscriber, NEXT).unwrap();
    publish(&mut books, publisher, 2);
    books.leave(subscriber);
    assert_eq!(books.entries(), 2, "the publisher has still to be told of the first");
    assert_eq!(reclaim(&mut books, publisher), [1]);
}

#[test]
fn what_a_gone_subscriber_held_of_a_gone_publisher_goes_and_the_publisher_with_it() {
    let mut books = Books::new();
    let publisher = overwriting(&mut books, 1, 9);
    let [one, two] = [(); 2].map(|()| books.subscribe(2, 9, VOLATILE).unwrap());
    publish(&mut books, publisher, 1);
    for subscriber in [one, two] {
        take(&mut books, subscriber, NEXT).unwrap();
    }
    books.leave(publisher);
    books.leave(one);
    assert_eq!((books.entries(), books.knows_publisher(publisher)), (1, true));
    books.leave(two);
    assert_eq!((books.entries(), books.knows_publisher(publisher)), (0, false));
    assert!(books.is_empty());
}

#[test]
fn what_nobody_waits_for_goes_with_its_publisher() {
    let mut books = Books::new();
    let (publisher, other) = (overwriting(&mut books, 1, 9), overwriting(&mut books, 2, 9));
    publish(&mut books, publisher, 1);
    publish(&mut books, other, 2);
    let subscriber = books.subscribe(3, 9, VOLATILE).unwrap();
    books.leave(publisher);
    assert_eq!(books.entries(), 1);
    assert!(!books.knows_publisher(publisher) && books.knows_publisher(other));
    assert_eq!(take(&mut books, subscriber, NEXT), Err(Error::Nothing));
}
