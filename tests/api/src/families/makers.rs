//! Those who make the region, each as a program of its family does.

use super::board::{Board, Outcome, Told, Turn};
use super::{Family, Maker, NAME, Verb, users};
use crate::children::{self, GOOD};
use abi::topic::{TopicRequest, TypeRecord};
use alloc::format;
use core::sync::atomic::{AtomicU64, Ordering::SeqCst};
use user::error::{Error, Result};
use user::fs::OwnedFd;
use user::mmf::{self, ObjectFlags};
use user::offer::{OfferFlags, Pages};
use user::posix::{self, MapFlags, OpenFlags, Protection};
use user::process::{self, Pid};
use user::syscall::{offer as offer_call, topic as topic_call};
use user::topic::{Message, Pool, TopicPolicy};
use zerocopy::{FromBytes, Immutable};

/// What the maker writes.
pub const MAGIC: u64 = 0xFA31_11E5;
/// What the user writes behind it.
pub const ANSWER: u64 = 0xA45_3E12;
/// The topic.
pub const TOPIC: &str = "/families";
pub const PAGE: usize = 4096;
const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);
const BYTES: u64 = 3 * PAGE as u64;

/// The bytes as a message.
#[derive(FromBytes, Immutable)]
#[repr(C)]
pub struct Words(pub [u64; 2]);

impl Message for Words {
    const NAME: &'static str = "Words";
}

/// The word at an address.
pub fn word(address: usize) -> &'static AtomicU64 {
    // SAFETY: these tests keep what they touch mapped, or expect the signal.
    unsafe { AtomicU64::from_ptr(address as *mut u64) }
}

/// Plays the maker's part, with the other two as its children; `false` if it lost what it made.
pub fn play(maker: Maker, family: Family, board: &Board) -> bool {
    let third = children::start(|| board.wait(Turn::Third) && users::look(family, board));
    board.tell(Told::Third, third.map_or(0, |pid| pid.0).into());
    let user = children::start(|| board.wait(Turn::User) && users::play(family, board));
    let (Some(third), Some(user)) = (third, user) else { return false };
    let part = |address, offset, pool| {
        word(address).store(MAGIC, SeqCst);
        with(family, board, user, (address, offset), pool);
        board.next();
        let ended = (children::end(Some(user)), children::end(Some(third)));
        let is_written = word(address + 8).load(SeqCst) != 0;
        let wanted = board.outcome(Verb::Write) == Outcome::Works;
        let keeps = word(address).load(SeqCst) == MAGIC;
        ended == (GOOD, GOOD) && keeps && is_written == wanted
    };
    let outcome = match maker {
        Maker::MappingObject => mapping_object(ObjectFlags::empty(), board, part),
        Maker::PoolLike => {
            mapping_object(ObjectFlags::SAME_ADDRESS | ObjectFlags::SINGLE_WRITER, board, part)
        }
        Maker::Pages => Pages::new(PAGE).map(|pages| part(pages.address(), 0, -1)),
        Maker::PosixObject => posix_object(board, part),
        Maker::Pool => pool(board, part),
    };
    outcome == Ok(true)
}

fn mapping_object(
    flags: ObjectFlags,
    board: &Board,
    part: impl FnOnce(usize, usize, i32) -> bool,
) -> Result<bool> {
    board.tell_name(NAME);
    let handle = mmf::create_region(NAME, BYTES, flags | ObjectFlags::EXCLUSIVE)?;
    let view = mmf::create_mapping(&handle, mmf::Access::ReadWrite, 0, 0)?;
    Ok(part(view.address() + PAGE, PAGE, handle.region().as_raw()))
}

fn posix_object(board: &Board, part: impl FnOnce(usize, usize, i32) -> bool) -> Result<bool> {
    board.tell_name(NAME);
    let flags = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::READ_WRITE;
    let fd = posix::shm_open(NAME, flags, 0o600)?;
    posix::ftruncate(fd.as_raw(), BYTES as i64)?;
    // SAFETY: without `FIXED` nothing that is in use is replaced.
    let base =
        unsafe { posix::mmap(0, BYTES as usize, READ_WRITE, MapFlags::SHARED, fd.as_raw(), 0) }?;
    Ok(part(base.as_ptr() as usize + PAGE, PAGE, fd.as_raw()))
}

/// A pool, with a message in it; what the others reach is the page where that lies.
fn pool(board: &Board, part: impl FnOnce(usize, usize, i32) -> bool) -> Result<bool> {
    let name = format!("/pool@{}", process::id());
    board.tell_name(&name);
    let pool = Pool::new()?;
    let publisher = pool.advertise::<Words>(TOPIC, 4, TopicPolicy::Overwrite)?;
    let mut message = publisher.loan()?;
    message.0 = [MAGIC, 0];
    let address = (&raw const *message) as usize;
    message.publish()?;
    let views = user::region::views(None)?;
    let view = views.iter().find(|view| view.name == name);
    let start = view.ok_or_else(|| Error::message("the pool is not mapped"))?.start as usize;
    Ok(part(address, address - start, IS_PUBLISHED))
}

/// In place of a descriptor: the bytes are a message already.
const IS_PUBLISHED: i32 = -2;

/// What a maker does for those who can't come by name.
fn with(family: Family, board: &Board, user: Pid, (address, offset): (usize, usize), pool: i32) {
    board.tell(Told::Address, address as u64);
    board.tell(Told::Offset, offset as u64);
    let is_nameless = board.name().is_empty();
    let prepared = match family {
        Family::Topics if pool == IS_PUBLISHED => Outcome::Works,
        Family::Topics => Outcome::of(publish(pool, address)),
        Family::Offers => offer(board, user, address),
        // The way to pages without a name, whatever is done with them then.
        Family::MappingObjects | Family::Posix if is_nameless => offer(board, user, address),
        Family::MappingObjects | Family::Posix => Outcome::Works,
    };
    board.tell_outcome(Told::Prepared, prepared);
}

fn publish(pool: i32, address: usize) -> Result<()> {
    let mut request = TopicRequest { depth: 4, pool, mode: 0o600, ..TopicRequest::empty() };
    request.contents = TypeRecord::any();
    request.name[..TOPIC.len()].copy_from_slice(TOPIC.as_bytes());
    request.name_length = TOPIC.len() as u64;
    let fd = OwnedFd::from_raw(topic_call::topic_advertise(&request)?);
    topic_call::topic_publish(fd.as_raw(), address, size_of::<Words>(), None)?;
    // It publishes until the process ends.
    let _ = fd.into_raw();
    Ok(())
}

/// Offers the page with the right to write, or without it where that is refused.
fn offer(board: &Board, user: Pid, address: usize) -> Outcome {
    let page = address & !(PAGE - 1);
    let offered = |flags| {
        // SAFETY: nothing is dropped, and the page is reached by atomics.
        let outcome = unsafe { offer_call::vm_offer(user.0, page, PAGE, flags) };
        outcome.map_or_else(Outcome::Fails, |()| Outcome::Works)
    };
    let granted = offered(OfferFlags::GRANT_R | OfferFlags::GRANT_W);
    board.tell_outcome(Told::Granted, granted);
    if granted == Outcome::Works { granted } else { offered(OfferFlags::GRANT_R) }
}
