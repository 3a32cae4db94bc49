//! Who publishes and subscribes in a topic, as programs are told.

use super::books::Books;
use super::member::{Publisher, Subscriber};
use super::object::Topic;
use abi::Errno;
use abi::topic::{MemberRecord, MemberRole};
use alloc::vec::Vec;

impl Topic {
    /// All members: publishers first, those that have gone and left messages among them.
    pub fn members(&self) -> Result<Vec<MemberRecord>, Errno> {
        let mut members = self.books.members()?;
        for member in &mut members {
            // A subscriber's number is no publisher's.
            if let Some(pool) = self.pools.get(&member.member) {
                member.pool_address =
                    pool.common_address().map_or(0, |common| common.start().value() as u64);
                member.pool_bytes = pool.length();
            }
        }
        Ok(members)
    }
}

impl Books {
    /// All members, without what only the topic knows of pools.
    pub fn members(&self) -> Result<Vec<MemberRecord>, Errno> {
        let subscribers = self.subscribers.iter().flatten();
        let mut members = Vec::new();
        members
            .try_reserve_exact(self.publishers.len() + subscribers.clone().count())
            .map_err(|_| Errno::ENOMEM)?;
        members
            .extend(self.publishers.iter().map(|(id, publisher)| self.publisher(*id, publisher)));
        members.extend(subscribers.map(|subscriber| self.subscriber_record(subscriber)));
        Ok(members)
    }

    fn publisher(&self, id: u32, publisher: &Publisher) -> MemberRecord {
        let own = self.entries.iter().filter(|entry| entry.publisher == id);
        let held = own.clone().filter(|entry| !entry.holders.is_empty());
        let role = match publisher.ended {
            None => MemberRole::Publisher,
            Some(_) => MemberRole::Departed,
        };
        MemberRecord {
            member: id,
            pid: publisher.pid,
            role: role as u32,
            depth: publisher.depth,
            messages: own.count() as u32,
            held: held.count() as u32,
            passed: publisher.published,
            ..MemberRecord::default()
        }
    }

    fn subscriber_record(&self, subscriber: &Subscriber) -> MemberRecord {
        MemberRecord {
            member: subscriber.id,
            pid: subscriber.pid,
            role: MemberRole::Subscriber as u32,
            depth: subscriber.depth,
            messages: self.window(subscriber).count() as u32,
            held: subscriber.held,
            passed: subscriber.taken,
            ..MemberRecord::default()
        }
    }
}
