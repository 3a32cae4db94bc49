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
