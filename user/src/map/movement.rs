//! What is on its way while one looks: a mark for each offer and each message, from where it comes to where it goes.
//!
//! A message goes to its topic first, and from there to each subscriber that takes it. Where more come than can be told
//! from each other, marks follow each other at a distance: how many there were is told by numbers.

use super::model::{Member, Model, Parcel, Part, Topic};
use alloc::vec::Vec;

/// Pictures that a mark needs for its way.
pub const STEPS: i32 = 6;
/// Pictures from one mark to the next on the same way.
const DISTANCE: i32 = 3;
/// Marks at a time.
const MARKS: usize = 96;

/// Between which two a mark travels; all are indices of the model.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// Pages, from one process to another.
    Offer {
        /// The offerer.
        from: usize,
        /// The receiver.
        to: usize,
    },
    /// A message, from its publisher.
    ToTopic {
        /// The publisher.
        process: usize,
        /// The topic.
        topic: usize,
    },
    /// A message, to a subscriber.
    FromTopic {
        /// The topic.
        topic: usize,
        /// The subscriber.
        process: usize,
    },
}

/// Something on its way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mark {
    /// Between which two.
    pub way: Way,
    /// How far it has come, of [`STEPS`]; below 0 it has not set out yet.
    pub step: i32,
}

impl Mark {
    /// Whether it is to be seen.
    pub const fn is_seen(&self) -> bool {
        self.step >= 0
    }
}

/// All marks.
#[derive(Clone, Debug, Default)]
pub struct Movements {
    /// Those that are on their way, and those that have not set out.
    pub marks: Vec<Mark>,
}

impl Movements {
    /// Lets all go on by a picture, and sets out new ones for what has come between the two models, which have the same
    /// processes.
    pub fn advance(&mut self, before: &Model, now: &Model) {
        self.advance_from(&before.topics, &before.parcels, now);
    }

    /// As [`Self::advance`], where of the model before only what moves is left.
    pub fn advance_from(&mut self, topics: &[Topic], parcels: &[Parcel], now: &Model) {
        for mark in &mut self.marks {
            mark.step += 1;
        }
        self.marks.retain(|mark| mark.step <= STEPS);
        let is_new = |parcel: &&Parcel| !parcels.contains(parcel);
        for parcel in now.parcels.iter().filter(is_new) {
            self.set_out(Way::Offer { from: parcel.from, to: parcel.to }, 0);
        }
        for (index, topic) in now.topics.iter().enumerate() {
            let Some(old) = topics.iter().find(|old| old.name == topic.name) else {
                continue;
            };
            for member in topic.members.iter().filter(|member| has_passed_more(old, member)) {
                let process = member.process;
                match member.part {
                    Part::Publishes => self.set_out(Way::ToTopic { process, topic: index }, 0),
                    // It has to come to the topic first.
                    Part::Subscribes => {
                        self.set_out(Way::FromTopic { topic: index, process }, -STEPS);
                    }
                }
            }
        }
    }

    fn set_out(&mut self, way: Way, step: i32) {
        let is_near = |mark: &Mark| mark.way == way && mark.step < step + DISTANCE;
        if self.marks.len() < MARKS && !self.marks.iter().any(is_near) {
            self.marks.push(Mark { way, step });
        }
    }
}

fn has_passed_more(before: &Topic, member: &Member) -> bool {
    let same = |old: &&Member| (old.process, old.part) == (member.process, member.part);
    before.members.iter().find(same).is_some_and(|old| member.passed > old.passed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    fn model(published: u64, taken: u64, parcels: Vec<Parcel>) -> Model {
        let members = vec![
            Member { process: 1, part: Part::Publishes, passed: published },
            Member { process: 2, part: Part::Subscribes, passed: taken },
        ];
        let topics = vec![Topic { name: "/t".into(), published, members }];
        Model { topics, parcels, ..Model::default() }
    }

    #[test]
    fn a_message_goes_to_its_topic_and_then_to_its_subscriber() {
        let mut movements = Movements::default();
        movements.advance(&model(0, 0, vec![]), &model(1, 1, vec![]));
        let to = Mark { way: Way::ToTopic { process: 1, topic: 0 }, step: 0 };
        let from = Mark { way: Way::FromTopic { topic: 0, process: 2 }, step: -STEPS };
        assert_eq!(movements.marks, [to, from]);
        let quiet = model(1, 1, vec![]);
        (0..STEPS).for_each(|_| movements.advance(&quiet, &quiet));
        assert_eq!(movements.marks[0].step, STEPS);
        assert_eq!((movements.marks[1].step, movements.marks[1].is_seen()), (0, true));
        (0..STEPS + 1).for_each(|_| movements.advance(&quiet, &quiet));
        assert!(movements.marks.is_empty());
    }

    #[test]
    fn an_offer_sets_out_once_and_messages_at_a_distance() {
        let parcel = Parcel { from: 3, to: 4, address: 0x1000, pages: 2 };
        let (mut movements, mut before) = (Movements::default(), model(0, 0, vec![]));
        for count in 1..=4 {
            let now = model(10 * count, 0, vec![parcel]);
            movements.advance(&before, &now);
            before = now;
        }
        let ways = |wanted: Way| movements.marks.iter().filter(|mark| mark.way == wanted).count();
        assert_eq!(ways(Way::Offer { from: 3, to: 4 }), 1);
        assert_eq!(ways(Way::ToTopic { process: 1, topic: 0 }), 2);
    }
}
