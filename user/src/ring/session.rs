//! Joining, leaving, and who is still there.
//!
//! A session begins when a process joins a ring whose members have all ended and that holds no
//! message any more, or whose members have all ended and one of them died: then what is left over
//! is of no use. Only a consumer that comes when the producers have died and no consumer was told of
//! it takes part in the old session: it is told. Beginning is a change of the whole roster at once,
//! so it fails if anybody joined.
//!
//! Before a process enters the roster it has the kernel announce its end to the other side, so no
//! member ends unnoticed. The count of such ends is read before the roster; if it is less than the
//! number of members, one of them is still there, and its end will wake who sleeps. Else the table
//! of processes tells, because the count contains also those that ended before they had entered.

use super::layout::{Geometry, Header, MEMBERS, Member, Side, member_state};
use super::queue::{Head, Queue};
use super::roster::{Count, Counts, Roster};
use super::{JoinError, Role, System};
use crate::atomic::Ordering::{Relaxed, SeqCst};
use crate::shared::SharedMemory;
use alloc::vec::Vec;
use core::time::Duration;

/// What a signal adds to an event word; the kernel counts departures below.
const SIGNAL: u32 = 0x100;
const DEPARTURES: u32 = SIGNAL - 1;

/// How long to sleep when what is waited for may happen without being told.
const UNSURE: Duration = Duration::from_millis(10);
/// After so many such sleeps, a member without a number is taken for dead.
const PATIENCE: u32 = 100;

/// A ring, as one process uses it.
#[derive(Clone, Copy)]
pub struct Session<'a, S> {
    pub header: &'a Header,
    pub region: SharedMemory<'a>,
    pub system: S,
}

/// A place in a side's table of members.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    pub role: Role,
    pub index: usize,
}

/// Whether anybody of a side can still do something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Presence {
    /// Nobody has joined yet.
    NotYet,
    /// Somebody, whose end will be told.
    Here,
    /// Perhaps nobody: as many ends were told as there are members, but a process is left.
    Unsure,
    /// All have left of their own will.
    Left,
    /// All have ended, and not all of their own will.
    Died,
}

/// What somebody who waits finds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Look<T> {
    /// What is waited for.
    Found(T),
    /// Not that; a change will be told.
    Nothing,
    /// Not that; it may come without being told.
    Soon,
}

impl<'a, S: System> Session<'a, S> {
    /// The ring in a region.
    pub fn new(region: SharedMemory<'a>, system: S) -> Result<Self, JoinError> {
        let need = size_of::<Header>();
        let too_small = JoinError::TooSmall { have: region.len(), need };
        let header = region.object::<Header>(0).ok_or(too_small)?;
        Ok(Self { header, region, system })
    }

    /// Becomes a member.
    pub fn join(&self, role: Role) -> Result<Place, JoinError> {
        if Roster::from_word(self.header.roster.load(SeqCst)) == Roster::Foreign {
            return Err(JoinError::NotARing);
        }
        let event = &self.header.side(role.opposite()).event;
        self.system.announce_departure(event).map_err(JoinError::Departure)?;
        let index = self.enter(role)?;
        let member = &self.header.side(role).members.0[index];
        member.process.store(self.system.id(), SeqCst);
        member.state.store(member_state::JOINED, SeqCst);
        Ok(Place { role, index })
    }

    /// Enters the roster, in a new session if the last one is over.
    fn enter(&self, role: Role) -> Result<usize, JoinError> {
        let mut rounds = 0;
        loop {
            let departed = [Role::Producer, Role::Consumer].map(|role| self.departed(role));
            let word = self.header.roster.load(SeqCst);
            let roster = Roster::from_word(word);
            match roster {
                Roster::Foreign => return Err(JoinError::NotARing),
                Roster::Empty => self.begin(roster),
                Roster::Building { process, .. } if !self.system.is_alive(process) => {
                    self.begin(roster);
                }
                Roster::Building { .. } => self.pause(Role::Consumer),
                Roster::Ready(counts) => match self.standing(role, counts, departed, rounds) {
                    Standing::Over => self.begin(roster),
                    Standing::Closing(side) => self.pause(side),
                    Standing::Open => {
                        let joined = counts.after_joining(role);
                        let (after, index) = joined.ok_or(JoinError::TooManyMembers)?;
                        let after = Roster::Ready(after).to_word();
                        let roster = &self.header.roster;
                        if roster.compare_exchange(word, after, SeqCst, Relaxed).is_ok() {
                            return Ok(index);
                        }
                    }
                },
            }
            rounds += 1;
        }
    }

    /// Ceases to be a member, and has the other side look.
    pub fn leave(&self, place: Place, farewell: Farewell) {
        let member = &self.header.side(place.role).members.0[place.index];
        let state = match farewell {
            Farewell::Done => member_state::LEFT,
            Farewell::Told => member_state::TOLD,
        };
        member.state.store(state, SeqCst);
        let change = |word: u64| match Roster::from_word(word) {
            Roster::Ready(counts) => {
                Some(Roster::Ready(counts.after_leaving(place.role)).to_word())
            }
            _ => None,
        };
        // If it fails, somebody has overwritten the ring, and there is nothing to leave.
        let _ = self.header.roster.fetch_update(SeqCst, SeqCst, change);
        self.signal(place.role.opposite());
        self.signal(place.role);
    }

    /// Wakes a side if somebody of it sleeps.
    pub fn signal(&self, role: Role) {
        let side = self.header.side(role);
        if side.waiting.load(SeqCst) != 0 && side.waiting.swap(0, SeqCst) != 0 {
            self.notify(side);
        }
    }

    fn notify(&self, side: &Side) {
        side.event.fetch_add(SIGNAL, SeqCst);
        self.system.wake_all(&side.event);
    }

    /// Sleeps until `look` finds something, or nobody of the other side will ever change that.
    ///
    /// `look` is asked after the presence was determined, so that what a member did before it
    /// ended is seen.
    pub fn wait<T>(
        &self,
        role: Role,
        mut look: impl FnMut(Presence) -> Look<T>,
    ) -> Result<T, Presence> {
        let side = self.header.side(role);
        let mut rounds = 0;
        loop {
            // Before the flag is set: who takes it down changes the event after that, so this is no sleep.
            let event = side.event.load(SeqCst);
            side.waiting.store(1, SeqCst);
            let presence = self.presence(role.opposite(), event & DEPARTURES, rounds);
            let timeout = match (look(presence), presence) {
                (Look::Found(value), _) => return Ok(value),
                (_, Presence::Left) if role == Role::Producer => None,
                (_, Presence::Left | Presence::Died) => return Err(presence),
                (Look::Soon, _) | (_, Presence::Unsure) => Some(UNSURE),
                (Look::Nothing, Presence::NotYet | Presence::Here) => None,
            };
            self.system.wait(&side.event, event, timeout);
            rounds += u32::from(timeout.is_some());
        }
    }

    /// Whether a member has ended without leaving: `Nothing` if its end will be told.
    pub fn has_died(&self, place: Place) -> Look<()> {
        if self.departed(place.role) == 0 {
            return Look::Nothing;
        }
        let member = self.header.side(place.role).members.0.get(place.index);
        match member {
            Some(member) if self.system.is_alive(member.process.load(SeqCst)) => Look::Soon,
            _ => Look::Found(()),
        }
    }

    /// The processes of a side that have joined and not left.
    pub fn remaining(&self, role: Role) -> Vec<u32> {
        let members = &self.header.side(role).members.0[..self.counts().side(role).members()];
        let remaining =
            members.iter().filter(|member| member.state.load(SeqCst) < member_state::LEFT);
        remaining.map(|member| member.process.load(SeqCst)).collect()
    }

    /// How many have ever joined and left.
    pub fn counts(&self) -> Counts {
        match Roster::from_word(self.header.roster.load(SeqCst)) {
            Roster::Ready(counts) => counts,
            _ => Counts::default(),
        }
    }

    /// How many members of a side have ended.
    fn departed(&self, role: Role) -> u32 {
        self.header.side(role.opposite()).event.load(SeqCst) & DEPARTURES
    }

    fn presence(&self, role: Role, departed: u32, rounds: u32) -> Presence {
        let count = self.counts().side(role);
        if count.joined == 0 {
            return Presence::NotYet;
        }
        if count.all_left() {
            return Presence::Left;
        }
        if (departed as usize) < count.members() {
            return Presence::Here;
        }
        let members = &self.header.side(role).members.0[..count.members()];
        let remaining = |member: &&Member| member.state.load(SeqCst) < member_state::LEFT;
        if members.iter().filter(remaining).all(|member| self.is_dead(member, rounds)) {
            Presence::Died
        } else {
            Presence::Unsure
        }
    }

    /// Whether all members of a side have ended, those that left included.
    fn ended(&self, role: Role, count: Count, departed: u32, rounds: u32) -> bool {
        let members = &self.header.side(role).members.0[..count.members()];
        departed as usize >= members.len()
            && members.iter().all(|member| self.is_dead(member, rounds))
    }

    fn is_dead(&self, member: &Member, rounds: u32) -> bool {
        match member.state.load(SeqCst) {
            member_state::VACANT => rounds >= PATIENCE,
            _ => !self.system.is_alive(member.process.load(SeqCst)),
        }
    }

    fn standing(&self, role: Role, counts: Counts, departed: [u32; 2], rounds: u32) -> Standing {
        let (producers, consumers) = (counts.producers, counts.consumers);
        if producers.joined == 0 && consumers.joined == 0 {
            return Standing::Open;
        }
        // Somebody must be told of the producers' death, else it would wait for them in vain.
        if role == Role::Consumer && !producers.all_left() && !self.was_told(consumers) {
            return Standing::Open;
        }
        let producers_gone = self.ended(Role::Producer, producers, departed[0], rounds);
        let consumers_gone = self.ended(Role::Consumer, consumers, departed[1], rounds);
        let all_left = producers.all_left() && consumers.all_left();
        let leftovers = self.holds_messages();
        match (producers_gone, consumers_gone) {
            (true, true) if leftovers && all_left => Standing::Open,
            (true, true) => Standing::Over,
            _ if leftovers || !all_left => Standing::Open,
            // A departure of one side is told to the other.
            (false, _) => Standing::Closing(Role::Consumer),
            (true, false) => Standing::Closing(Role::Producer),
        }
    }

    /// Whether a consumer was told of the producers' death, or died itself.
    fn was_told(&self, consumers: Count) -> bool {
        let members = &self.header.side(Role::Consumer).members.0[..consumers.members()];
        let told = members.iter().any(|member| member.state.load(SeqCst) == member_state::TOLD);
        told || !consumers.all_left()
    }

    fn holds_messages(&self) -> bool {
        match Geometry::from_word(self.header.geometry.load(SeqCst)) {
            Geometry::Known(slots) => Queue::new(self.header, &self.region, slots)
                .is_some_and(|queue| queue.head() != Head::Empty),
            _ => false,
        }
    }

    /// Begins a session in the place of what the roster says, unless somebody is faster.
    fn begin(&self, from: Roster) {
        let session = from.next_session();
        let building = Roster::Building { session, process: self.system.id() }.to_word();
        let roster = &self.header.roster;
        if roster.compare_exchange(from.to_word(), building, SeqCst, Relaxed).is_err() {
            return;
        }
        for role in [Role::Producer, Role::Consumer] {
            let side = self.header.side(role);
            side.event.store(0, SeqCst);
            side.waiting.store(0, SeqCst);
            for member in &side.members.0[..MEMBERS] {
                member.process.store(0, SeqCst);
                member.state.store(member_state::VACANT, SeqCst);
            }
        }
        self.header.geometry.store(0, SeqCst);
        self.header.tail.0.store(0, SeqCst);
        self.header.head.0.store(0, SeqCst);
        let ready = Roster::Ready(Counts { session, ..Counts::default() }).to_word();
        roster.store(ready, SeqCst);
        // Those who found the ring being built or closing.
        self.system.wake_all(&self.header.side(Role::Producer).event);
        self.system.wake_all(&self.header.side(Role::Consumer).event);
    }

    /// Sleeps until something happens on a side, or for a little while: what is waited for here is
    /// over in an instant, unless a process died in the midst of it.
    pub fn pause(&self, role: Role) {
        let event = &self.header.side(role).event;
        self.system.wait(event, event.load(SeqCst), Some(UNSURE));
    }
}

/// Why a member leaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Farewell {
    /// It has done what it wanted, or can't do it.
    Done,
    /// It was told of the producers' death.
    Told,
}

/// Whether a process may join a session.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Standing {
    /// Yes.
    Open,
    /// No: all have left, and the last of them are about to end, which this side is told.
    Closing(Role),
    /// No: another must begin.
    Over,
}
