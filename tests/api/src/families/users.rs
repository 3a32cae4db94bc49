//! Those who use the region, each as a program of its family does, and those with whom they share it.

use super::board::{Board, Outcome, Told, Turn};
use super::makers::{ANSWER, MAGIC, PAGE, TOPIC, Words, word};
use super::{Family, NAME, Verb};
use crate::children;
use core::sync::atomic::Ordering::SeqCst;
use user::error::{Error, Result};
use user::mmf::{self, Access, Handle, Inheritance};
use user::offer::{self, OfferFlags, Pages};
use user::posix::{self, MapFlags, OpenFlags, Protection};
use user::syscall::{region as region_call, region_data, region_holding};
use user::time::Duration;
use user::topic::{SubscribeFlags, Subscriber};

const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));
const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);
const KEEPING: SubscribeFlags = SubscribeFlags::TRANSIENT_LOCAL;

/// Plays the user's part; what comes of it is on the board. `false` if the third one does not look.
pub fn play(family: Family, board: &Board) -> bool {
    let is_nameless = board.name().is_empty();
    match family {
        Family::MappingObjects if is_nameless => claimed_object(board),
        Family::Posix if is_nameless => claimed_mapping(board),
        Family::MappingObjects => mapping_objects(board),
        Family::Posix => posix_objects(board),
        Family::Offers => offers(board),
        Family::Topics => topics(board),
    }
}

/// Plays the third one's part: it looks in the same way.
pub fn look(family: Family, board: &Board) -> bool {
    let offset = board.told(Told::Offset) as usize;
    let is_tried = board.outcome(Verb::Share) != Outcome::Untried;
    let outcome = match family {
        // What could not be opened can't be shared, or it was shared with a child.
        _ if is_tried => None,
        Family::MappingObjects => Some(look_at_object(board, offset)),
        Family::Posix => {
            let read = map(&board.name(), OpenFlags::empty(), Protection::READ, offset);
            Some(read.map_or_else(fails, |at| Outcome::right(word(at).load(SeqCst) == MAGIC)))
        }
        Family::Offers => Some(claim().map_or_else(fails, |pages| {
            let at = pages.address() + offset % PAGE;
            Outcome::right(word(at).load(SeqCst) == MAGIC)
        })),
        Family::Topics => Some(look_at_topic()),
    };
    if let Some(outcome) = outcome {
        board.note(Verb::Share, outcome);
    }
    board.next();
    true
}

fn fails(error: Error) -> Outcome {
    Outcome::of::<()>(Err(error))
}

/// Has the third one look.
fn share(board: &Board) -> bool {
    board.next();
    board.wait(Turn::Back)
}

/// Notes the same for all; the third one is not kept waiting.
fn nothing(board: &Board, outcome: Outcome) -> bool {
    for verb in Verb::ALL {
        board.note(verb, outcome);
    }
    share(board)
}

fn look_at_object(board: &Board, offset: usize) -> Outcome {
    let handle = match mmf::open_region(&board.name(), Access::Read) {
        Ok(handle) => handle,
        Err(error) => return fails(error),
    };
    read_object(&handle, offset)
}

fn read_object(handle: &Handle, offset: usize) -> Outcome {
    let mut bytes = [0; 8];
    let read = mmf::mmf_read(handle, offset as u64, &mut bytes);
    read.map_or_else(fails, |_| Outcome::right(u64::from_ne_bytes(bytes) == MAGIC))
}

/// `OpenRegion`, `MMF_Read`, `MMF_Write`, `FileMappingDecRef`.
fn mapping_objects(board: &Board) -> bool {
    let offset = board.told(Told::Offset) as usize;
    let handle = match mmf::open_region(&board.name(), Access::Read) {
        Ok(handle) => handle,
        Err(error) => return nothing(board, fails(error)),
    };
    board.note(Verb::Open, Outcome::Works);
    board.note(Verb::Read, read_object(&handle, offset));
    let written = mmf::open_region(&board.name(), Access::ReadWrite)
        .and_then(|handle| mmf::mmf_write(&handle, offset as u64 + 8, &ANSWER.to_ne_bytes()));
    board.note(Verb::Write, Outcome::of(written));
    let shared = share(board);
    mmf::file_mapping_dec_ref(handle);
    board.note(Verb::Retire, left(board));
    shared
}

/// The same family's calls on pages that were claimed: there is a view, but no handle.
fn claimed_object(board: &Board) -> bool {
    let Ok(pages) = claim() else { return nothing(board, Outcome::Wrong) };
    let address = pages.address();
    board.note(Verb::Open, Outcome::of(mmf::open_region(NAME, Access::Read)));
    let read = region_data::region_read(NO_FD, 0, &mut [0; 8]);
    board.note(Verb::Read, read.map_or_else(Outcome::Fails, |_| Outcome::Works));
    let written = region_data::region_write(NO_FD, 8, &ANSWER.to_ne_bytes());
    board.note(Verb::Write, written.map_or_else(Outcome::Fails, |_| Outcome::Works));
    // What a child gets of the view is the family's to say, and the child sees the maker's bytes.
    let said = region_holding::region_inherit_view(address, Inheritance::ShareReadOnly);
    let seen = children::run(|| word(address).load(SeqCst) == MAGIC);
    let outcome = said.map_or_else(Outcome::Fails, |_| Outcome::of_child(seen));
    board.note(Verb::Share, outcome);
    let shared = share(board);
    core::mem::forget(pages);
    // SAFETY: nothing is left that refers to the view.
    let ended = unsafe { region_call::region_unmap(address) };
    board.note(Verb::Retire, ended.map_or_else(Outcome::Fails, |()| gone_at(address)));
    shared
}

/// In place of a handle that nobody has.
const NO_FD: i32 = -1;

fn map(name: &str, flags: OpenFlags, rights: Protection, offset: usize) -> Result<usize> {
    let fd = posix::shm_open(name, flags, 0)?;
    let (page, shared) = ((offset & !(PAGE - 1)) as i64, MapFlags::SHARED);
    // SAFETY: without `FIXED` nothing that is in use is replaced.
    let start = unsafe { posix::mmap(0, PAGE, rights, shared, fd.as_raw(), page) }?;
    Ok(start.as_ptr() as usize + offset % PAGE)
}

fn unmap(address: usize) -> Result<()> {
    // SAFETY: these tests refer to nothing there any more.
    Ok(unsafe { posix::munmap(address & !(PAGE - 1), PAGE) }?)
}

/// `shm_open`, `mmap`, loads and stores, `munmap`, `shm_unlink`.
fn posix_objects(board: &Board) -> bool {
    let offset = board.told(Told::Offset) as usize;
    let at = match map(&board.name(), OpenFlags::empty(), Protection::READ, offset) {
        Ok(at) => at,
        Err(error) => return nothing(board, fails(error)),
    };
    board.note(Verb::Open, Outcome::Works);
    board.note(Verb::Read, Outcome::right(word(at).load(SeqCst) == MAGIC));
    let writable = map(&board.name(), OpenFlags::READ_WRITE, READ_WRITE, offset);
    let written = writable.and_then(|at| {
        word(at + 8).store(ANSWER, SeqCst);
        unmap(at)
    });
    let seen = written.map_or_else(fails, |()| Outcome::right(word(at + 8).load(SeqCst) == ANSWER));
    board.note(Verb::Write, seen);
    let shared = share(board);
    let removed = unmap(at).and_then(|()| Ok(posix::shm_unlink(board.name())?));
    let outcome = removed.map_or_else(fails, |()| left(board));
    board.note(Verb::Retire, outcome);
    shared
}

/// The same family's calls on pages that were claimed: they are mapped memory.
fn claimed_mapping(board: &Board) -> bool {
    let Ok(pages) = claim() else { return nothing(board, Outcome::Wrong) };
    let address = pages.address();
    let opened = posix::shm_open(NAME, OpenFlags::empty(), 0);
    board.note(Verb::Open, opened.map_or_else(Outcome::Fails, |_| Outcome::Works));
    let protect = |rights| {
        // SAFETY: nobody relies on the right to write.
        unsafe { posix::mprotect(address, PAGE, rights) }
    };
    let read = protect(Protection::READ).and_then(|()| posix::msync(address, PAGE, posix::MS_SYNC));
    let right = || Outcome::right(word(address).load(SeqCst) == MAGIC);
    board.note(Verb::Read, read.map_or_else(Outcome::Fails, |()| right()));
    let written = protect(READ_WRITE).map(|()| word(address + 8).store(ANSWER, SeqCst));
    board.note(Verb::Write, written.map_or_else(Outcome::Fails, |()| Outcome::Works));
    // A child shares what is shared, as with any shared mapping.
    let child = children::run(|| word(address + 8).swap(MAGIC, SeqCst) == ANSWER);
    let is_shared = word(address + 8).load(SeqCst) == MAGIC;
    let outcome = if is_shared { Outcome::of_child(child) } else { Outcome::Wrong };
    board.note(Verb::Share, outcome);
    let shared = share(board);
    core::mem::forget(pages);
    board.note(Verb::Retire, unmap(address).map_or_else(fails, |()| gone_at(address)));
    shared
}

fn claim() -> Result<Pages> {
    let silence = || Error::message("nothing was offered");
    let offer = offer::wait(PATIENCE)?.ok_or_else(silence)?;
    offer.claim()
}

/// `vm_claim`, loads and stores, `vm_offer` to the third one, `munmap`.
fn offers(board: &Board) -> bool {
    let offset = board.told(Told::Offset) as usize;
    let prepared = board.told_outcome(Told::Prepared);
    if prepared != Outcome::Works {
        return nothing(board, prepared);
    }
    let pages = match claim() {
        Ok(pages) => pages,
        Err(error) => return nothing(board, fails(error)),
    };
    board.note(Verb::Open, Outcome::Works);
    let at = pages.address() + offset % PAGE;
    board.note(Verb::Read, Outcome::right(word(at).load(SeqCst) == MAGIC));
    let granted = board.told_outcome(Told::Granted);
    if board.note(Verb::Write, granted) {
        word(at + 8).store(ANSWER, SeqCst);
    }
    let offered = pages.share(board.third(), OfferFlags::GRANT_R);
    if let Err(error) = offered {
        board.note(Verb::Share, fails(error));
    }
    let shared = share(board);
    drop(pages);
    board.note(Verb::Retire, gone_at(at));
    shared
}

fn look_at_topic() -> Outcome {
    let Ok(subscriber) = Subscriber::<Words>::new(TOPIC, 4, KEEPING) else { return Outcome::Wrong };
    let taken = subscriber.wait(PATIENCE);
    let found = taken.ok().flatten().map(|message| message.0[0]);
    Outcome::right(found == Some(MAGIC))
}

/// `topic_subscribe`, `topic_take`, `topic_release`, and the end of the subscription.
fn topics(board: &Board) -> bool {
    let prepared = board.told_outcome(Told::Prepared);
    if prepared != Outcome::Works {
        return nothing(board, prepared);
    }
    let subscriber = match Subscriber::<Words>::new(TOPIC, 4, KEEPING) {
        Ok(subscriber) => subscriber,
        Err(error) => return nothing(board, fails(error)),
    };
    board.note(Verb::Open, Outcome::Works);
    let address = board.told(Told::Address);
    if let Ok(Some(message)) = subscriber.wait(PATIENCE) {
        let in_place = message.record().address == address;
        board.note(Verb::Read, Outcome::right(in_place && message.0[0] == MAGIC));
        let at = address as usize + 8;
        // The view is the kernel's to give, and children are no subscribers: this process itself
        // would end. So the child subscribes, too.
        let stored = children::run(|| {
            let own = Subscriber::<Words>::new(TOPIC, 4, KEEPING);
            own.is_ok() && word(at).swap(ANSWER, SeqCst) == 0
        });
        board.note(Verb::Write, Outcome::of_child(stored));
    }
    let shared = share(board);
    drop(subscriber);
    board.note(Verb::Retire, gone_at(address as usize));
    shared
}

/// Whether this process has nothing of the region any more.
fn left(board: &Board) -> Outcome {
    let name = board.name();
    let handles = user::region::handles(None).map(|all| all.iter().any(|it| it.name == name));
    let views = user::region::views(None).map(|all| all.iter().any(|it| it.name == name));
    Outcome::right((handles, views) == (Ok(false), Ok(false)))
}

/// Whether nothing is mapped at an address any more.
fn gone_at(address: usize) -> Outcome {
    let views = user::region::views(None);
    let around = |start: u64, bytes: u64| (start..start + bytes).contains(&(address as u64));
    Outcome::right(views.is_ok_and(|all| !all.iter().any(|it| around(it.start, it.bytes))))
}
