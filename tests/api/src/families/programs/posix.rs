//! With POSIX's calls: an object for a picture, and a semaphore for each direction.

use super::{BYTES, PICTURES};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use user::error::{Error, Result};
use user::posix::{
    MapFlags, NamedSemaphore, OpenFlags, Protection, ftruncate, mmap, munmap, sem_open, sem_post,
    sem_unlink, sem_wait, shm_open, shm_unlink,
};
use user::process::Pid;
use user::shared::SharedMemory;

const NAME: &str = "/pictures-shm";
const MADE: &str = "/pictures-made";
const SEEN: &str = "/pictures-seen";

struct Shared {
    picture: SharedMemory<'static>,
    made: NamedSemaphore,
    seen: NamedSemaphore,
}

fn attach() -> Result<Shared> {
    let flags = OpenFlags::CREATE | OpenFlags::READ_WRITE;
    let fd = shm_open(NAME, flags, 0o600)?;
    ftruncate(fd.as_raw(), BYTES as i64)?;
    let rights = Protection::READ | Protection::WRITE;
    // SAFETY: without `FIXED` nothing that is in use is replaced.
    let base = unsafe { mmap(0, BYTES, rights, MapFlags::SHARED, fd.as_raw(), 0) }?;
    // SAFETY: it is mapped until `detach`.
    let picture = unsafe { SharedMemory::new(base, BYTES) };
    let made = sem_open(MADE, OpenFlags::CREATE, 0o600, 0)?;
    let seen = sem_open(SEEN, OpenFlags::CREATE, 0o600, 0)?;
    Ok(Shared { picture, made, seen })
}

fn detach(shared: Shared) -> Result<()> {
    // SAFETY: nothing refers to it any more.
    Ok(unsafe { munmap(shared.picture.base().as_ptr() as usize, BYTES) }?)
}

fn words(shared: &Shared) -> Result<&[AtomicU64]> {
    shared.picture.objects(0, BYTES / 8).ok_or(Error::message("too short"))
}

pub fn produce(_consumer: Pid) -> Result<()> {
    let shared = attach()?;
    for number in 1..=PICTURES {
        words(&shared)?.iter().for_each(|word| word.store(number, Relaxed));
        sem_post(&shared.made)?;
        sem_wait(&shared.seen)?;
    }
    detach(shared)?;
    shm_unlink(NAME)?;
    sem_unlink(MADE)?;
    sem_unlink(SEEN)?;
    Ok(())
}

pub fn consume() -> Result<u64> {
    let shared = attach()?;
    let mut sum = 0;
    for _ in 1..=PICTURES {
        sem_wait(&shared.made)?;
        sum += words(&shared)?.iter().map(|word| word.load(Relaxed)).sum::<u64>();
        sem_post(&shared.seen)?;
    }
    detach(shared)?;
    Ok(sum)
}
