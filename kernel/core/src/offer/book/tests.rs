//! The book against a plain list, in any order of offer, cancel, claim and exit.

use super::*;
use arch::addr::{PAGE_SIZE, VirtAddr};
use proptest::prelude::*;
use std::vec::Vec;

#[derive(Clone, Copy, Debug)]
enum Step {
    Offer {
        from: u32,
        to: u32,
        page: usize,
        pages: usize,
        flags: OfferFlags,
    },
    /// A cancel and a claim strike out the same.
    Remove {
        from: u32,
        to: u32,
        page: usize,
    },
    Exec(u32),
    Exit(u32),
}

fn process() -> impl Strategy<Value = u32> {
    1..5_u32
}

fn step() -> impl Strategy<Value = Step> {
    let flags = (0..64_u32).prop_map(OfferFlags::from_bits_truncate);
    prop_oneof![
        6 => (process(), process(), 1..6_usize, 1..4_usize, flags).prop_map(
            |(from, to, page, pages, flags)| Step::Offer { from, to, page, pages, flags }
        ),
        4 => (process(), process(), 1..6_usize)
            .prop_map(|(from, to, page)| Step::Remove { from, to, page }),
        1 => process().prop_map(Step::Exec),
        1 => process().prop_map(Step::Exit),
    ]
}

fn offer(from: u32, to: u32, page: usize, pages: usize, flags: OfferFlags) -> Offer<()> {
    let range = PageRange::from_bytes(VirtAddr::new(page * PAGE_SIZE), pages * PAGE_SIZE);
    Offer { from, to, range: range.expect("pages above 0"), flags, giver: () }
}

fn key(from: u32, to: u32, page: usize) -> Key {
    Key { from, to, address: page * PAGE_SIZE }
}

/// Everything that was offered and not struck out, the oldest first.
#[derive(Default)]
struct Model(Vec<Offer<()>>);

impl Model {
    fn take(&mut self, key: Key) -> Option<Offer<()>> {
        let place = self.0.iter().position(|offer| offer.key() == key)?;
        Some(self.0.remove(place))
    }

    fn apply(&mut self, book: &mut Book<()>, step: Step) {
        match step {
            Step::Offer { from, to, page, pages, flags } => {
                let offer = offer(from, to, page, pages, flags);
                let exists = self.0.iter().any(|other| other.key() == offer.key());
                let wanted = if exists { Err(Refusal::Exists) } else { Ok(()) };
                assert_eq!(book.add(offer), wanted);
                if !exists {
                    self.0.push(offer);
                }
            }
            Step::Remove { from, to, page } => {
                let key = key(from, to, page);
                assert_eq!(book.get(key).copied(), self.0.iter().find(|o| o.key() == key).copied());
                assert_eq!(book.remove(key), self.take(key));
                assert_eq!(book.remove(key), None, "it is struck out once");
            }
            Step::Exec(process) => {
                while book.remove_one_from(process).is_some() {}
                self.0.retain(|offer| offer.from != process);
            }
            Step::Exit(process) => {
                while book.remove_one_from(process).is_some() {}
                while book.remove_one_to(process).is_some() {}
                self.0.retain(|offer| offer.from != process && offer.to != process);
            }
        }
    }

    fn check(&self, book: &Book<()>) {
        assert!(book.is_consistent());
        assert_eq!(book.all().count(), self.0.len());
        for process in 1..6 {
            let received: Vec<_> = self.0.iter().filter(|offer| offer.to == process).collect();
            assert_eq!(book.to(process).collect::<Vec<_>>(), received);
            assert_eq!(book.oldest_to(process), received.first().copied());
            let mut sent: Vec<_> = self.0.iter().filter(|offer| offer.from == process).collect();
            sent.sort_by_key(|offer| offer.key());
            assert_eq!(book.from(process).collect::<Vec<_>>(), sent);
            let all: Vec<_> = sent.into_iter().chain(received).collect();
            assert_eq!(book.of(process).ok(), Some(all));
        }
    }
}

proptest! {
    #[test]
    fn the_book_is_what_a_plain_list_would_be(steps in prop::collection::vec(step(), 1..80)) {
        let (mut book, mut model) = (Book::new(), Model::default());
        for step in steps {
            model.apply(&mut book, step);
            model.check(&book);
        }
    }
}

#[test]
fn a_number_that_is_used_again_inherits_no_offer() {
    let mut book = Book::new();
    let flags = OfferFlags::GRANT_R;
    assert_eq!(book.add(offer(1, 2, 1, 1, flags)), Ok(()));
    assert_eq!(book.add(offer(2, 1, 1, 1, flags)), Ok(()));
    while book.remove_one_from(2).is_some() || book.remove_one_to(2).is_some() {}
    assert_eq!(book.oldest_to(2), None);
    assert_eq!(book.oldest_to(1), None);
    assert_eq!(book.get(key(1, 2, 1)), None);
}

#[test]
fn an_offer_that_only_one_party_would_find_is_found() {
    let mut book = Book::new();
    for page in 1..4 {
        assert_eq!(book.add(offer(1, 2, page, 1, OfferFlags::GRANT_R)), Ok(()));
    }
    assert!(book.is_consistent());
    let (key, number) = book.sent.pop_first().expect("two are no more the only one");
    assert!(!book.is_consistent());
    book.sent.insert(key, number + 1);
    assert!(!book.is_consistent());
    book.sent.insert(key, number);
    assert!(book.is_consistent());
}

#[test]
fn one_process_has_only_so_many_offers() {
    let mut book = Book::new();
    let flags = OfferFlags::GRANT_R;
    for page in 1..=OFFER_MAX {
        assert_eq!(book.add(offer(1, 2, page, 1, flags)), Ok(()));
    }
    assert_eq!(book.add(offer(1, 3, 1, 1, flags)), Err(Refusal::TooMany));
    assert_eq!(book.add(offer(2, 1, 1, 1, flags)), Ok(()), "another one's are counted apart");
    assert!(book.remove(key(1, 2, 7)).is_some());
    assert_eq!(book.add(offer(1, 3, 1, 1, flags)), Ok(()));
}
