//! Whether the books of a topic agree with themselves.

use super::books::Books;
use crate::check::Report;

impl Books {
    /// Looks at the messages of each publisher, and at who holds which.
    pub fn check(&self, name: &[u8], report: &mut Report) {
        let name = name.escape_ascii();
        for (id, publisher) in &self.publishers {
            let own = self.entries.iter().filter(|entry| entry.publisher == *id).count();
            let counted = publisher.messages;
            report.expect(
                own == counted,
                format_args!(
                    "topic {name}: publisher {id} has {own} messages, and counts {counted}"
                ),
            );
        }
        let known =
            |entry: &&super::messages::Entry| self.publishers.contains_key(&entry.publisher);
        let orphans = self.entries.len() - self.entries.iter().filter(known).count();
        report.expect(orphans == 0, format_args!("topic {name}: {orphans} messages are nobody's"));
        for (place, subscriber) in self.subscribers.iter().enumerate() {
            let held = self.entries.iter().filter(|entry| entry.holders.contains(place)).count();
            let counted = subscriber.as_ref().map_or(0, |subscriber| subscriber.held as usize);
            report.expect(
                held == counted,
                format_args!("topic {name}: place {place} holds {held} messages, counts {counted}"),
            );
        }
        let departed = self.publishers.values().filter(|publisher| publisher.ended.is_some());
        report.expect(
            departed.count() == self.departed && !self.is_empty(),
            format_args!("topic {name}: its members are not those that it counts"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::{Filter, Freed, Message, Mode};
    use abi::topic::TopicPolicy;

    fn findings(books: &Books) -> usize {
        let mut report = Report::default();
        books.check(b"test", &mut report);
        report.findings().len()
    }

    #[test]
    fn books_that_count_wrongly_are_found() {
        let mut books = Books::new();
        let publisher = books.advertise(1, 4, TopicPolicy::default()).unwrap();
        let subscriber = books.subscribe(2, 4, Filter::default()).unwrap();
        for address in 1..4 {
            let message = Message { address, length: 8, time: 0 };
            books.publish(publisher, message, &mut Freed::default()).unwrap();
        }
        let taken = books.take(subscriber, Mode::default()).unwrap();
        assert_eq!(findings(&books), 0);
        books.publishers.get_mut(&publisher).unwrap().messages += 1;
        assert_eq!(findings(&books), 1, "one message too many");
        books.publishers.get_mut(&publisher).unwrap().messages -= 1;
        books.departed += 1;
        assert_eq!(findings(&books), 1, "nobody has gone");
        books.departed -= 1;
        books.subscribers[0].as_mut().unwrap().held = 0;
        assert_eq!(findings(&books), 1, "one is held");
        books.subscribers[0].as_mut().unwrap().held = 1;
        books.release(subscriber, taken.number).unwrap();
        books.leave(publisher);
        assert_eq!(findings(&books), 0);
    }
}
