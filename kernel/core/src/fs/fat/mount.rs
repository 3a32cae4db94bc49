//! Mounting the card, and looking after it: the keeper.
//!
//! The keeper is a thread of the kernel. Mounting takes most of a kernel stack, so it is done at
//! the bottom of one. It begins at boot if the slot shows a card, else when somebody uses `/sd`.
//! What has changed is synced when that is two seconds old, so that the volume is marked clean
//! almost always.

use super::clock::DayClock;
use super::device::{CardBlocks, CardError};
use super::error;
use super::names;
use super::node::FatNode;
use super::partition;
use super::volume::{Mount, Mounted, Volume};
use crate::board::{BLOCK_BYTES, board};
use crate::fs::node::Node;
use crate::fs::slot;
use crate::mm::reclaim;
use crate::sched::{self, Thread, WaitQueue};
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::clock;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use hadris_fat::CacheOptions;
use hadris_fat::sync::FatFs;
use hadris_fs::{DirCursor, MountError, MountOptions, Name};
use spin::Once;

/// How long a change may wait before it is synced, in nanoseconds.
const PATIENCE: u64 = 2_000_000_000;
/// Files that can be referred to at a time: bounds the kernel's heap.
const NODES_MAX: usize = 16_384;
/// Blocks of the allocation table and of directories that are remembered.
const CACHED_BLOCKS: usize = 64;
/// Places in the chains of long files that are remembered.
const CACHED_POSITIONS: usize = 64;

/// The file system in the machine's slot.
pub(super) static KEPT: Once<Arc<Volume>> = Once::new();

/// What the keeper is asked for.
pub struct Keeper {
    /// Whether there is a thread; without one, callers do its work.
    is_engaged: AtomicBool,
    /// Whether anything is to be done.
    news: AtomicBool,
    wanted: AtomicBool,
    /// Whether the last sync failed.
    is_failing: AtomicBool,
    /// When the oldest change is to be synced; 0 for none.
    due: AtomicU64,
    work: WaitQueue,
    /// How many mounts were tried, and what came of the last one.
    tried: Lock<(u64, Result<(), Errno>)>,
    done: WaitQueue,
}

impl Keeper {
    /// Nobody.
    pub const fn new() -> Self {
        Self {
            is_engaged: AtomicBool::new(false),
            news: AtomicBool::new(false),
            wanted: AtomicBool::new(false),
            is_failing: AtomicBool::new(false),
            due: AtomicU64::new(0),
            work: WaitQueue::new(),
            tried: Lock::new(Rank::CardLeft, (0, Ok(()))),
            done: WaitQueue::new(),
        }
    }

    /// There is something to be done.
    pub fn note_news(&self) {
        self.news.store(true, Ordering::Release);
        self.work.wake_one();
    }

    /// The card may have changed.
    pub fn note_change(&self) {
        let due = clock::now() + PATIENCE;
        if self.due.compare_exchange(0, due, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            self.note_news();
        }
    }

    /// Waits until somebody has tried to mount the volume.
    pub fn have_mounted(&self, volume: &Volume) -> Result<(), Errno> {
        if !self.is_engaged.load(Ordering::Acquire) {
            let Some(kept) = KEPT.get().filter(|kept| core::ptr::eq(&raw const ***kept, volume))
            else {
                return volume.mount();
            };
            engage(kept)?;
        }
        let before = self.tried.lock().0;
        self.wanted.store(true, Ordering::Release);
        self.note_news();
        self.done.wait_until(None, || {
            let (count, outcome) = *self.tried.lock();
            (count > before).then_some(outcome)
        })?
    }

    /// Logs that changes do not reach the card, once until they do again.
    fn tell(&self, outcome: Result<(), Errno>) {
        if let Err(error) = outcome
            && !self.is_failing.load(Ordering::Relaxed)
        {
            log::warn!("/sd: not all changes are on the card: {error}");
        }
        self.is_failing.store(outcome.is_err(), Ordering::Relaxed);
    }

    /// Waits for work, and does it.
    fn work(&self, volume: &Volume) {
        let due = Some(self.due.load(Ordering::Acquire)).filter(|due| *due != 0);
        // That it is time is no error.
        let _ = self.work.wait_until(due, || self.news.swap(false, Ordering::AcqRel).then_some(()));
        if self.wanted.swap(false, Ordering::AcqRel) {
            let outcome = volume.mount();
            let mut tried = self.tried.lock();
            *tried = (tried.0 + 1, outcome);
            drop(tried);
            self.done.wake_all();
        }
        let due = self.due.load(Ordering::Acquire);
        if due != 0 && clock::now() >= due {
            // The log has it.
            let _ = volume.sync();
        } else if let Some(mounted) = &mut volume.state().mounted {
            volume.let_go(mounted);
        }
    }
}

/// Makes the keeper's thread, once.
fn engage(volume: &Arc<Volume>) -> Result<(), Errno> {
    if !volume.keeper.is_engaged.swap(true, Ordering::AcqRel) {
        let thread = Thread::serving(serve).inspect_err(|_| {
            volume.keeper.is_engaged.store(false, Ordering::Release);
        })?;
        thread.begin();
    }
    Ok(())
}

extern "C" fn serve(_: usize) -> ! {
    sched::begin_thread();
    let volume = KEPT.get().expect("invariant: it is set before the thread is made");
    loop {
        volume.keeper.work(volume);
    }
}

/// From now on a keeper looks after the volume with this root, and its files give memory back when
/// others find none; it is mounted now if the slot shows a card.
pub fn keep(root: &FatNode) {
    let volume = &root.volume;
    KEPT.call_once(|| volume.clone());
    reclaim::set_giver(|| {
        KEPT.get().inspect(|volume| _ = volume.make_room(None));
    });
    if board().shows_card() && engage(volume).is_ok() {
        volume.keeper.wanted.store(true, Ordering::Release);
        volume.keeper.note_news();
    }
}

/// Brings all changes to the card.
pub fn sync() -> Result<(), Errno> {
    KEPT.get().map_or(Ok(()), |volume| volume.sync())
}

/// Brings to the card what views of this region have stored, if it is a file's there.
pub fn synchronise_region(region: u64) -> Result<(), Errno> {
    let Some(volume) = KEPT.get() else { return Ok(()) };
    let node = volume.mapped().into_iter().find(|node| node.is_mapped_as(region));
    node.map_or(Ok(()), |node| node.synchronise())
}

/// Brings all changes to the card, and uses it no more.
pub fn shut_down() {
    if let Some(volume) = KEPT.get() {
        volume.close();
    }
}

impl Volume {
    /// Mounts what is in the slot, if it is not.
    pub fn mount(&self) -> Result<(), Errno> {
        let mut state = self.state();
        if state.mounted.is_some() {
            return Ok(());
        }
        if let Some(error) = state.refusal {
            return Err(error);
        }
        let (fs, claim) = self.slot.mount(|| self.find())?;
        state.mounts += 1;
        let mut mounted = Mounted::new(fs, claim, state.mounts);
        if !self.is_read_only.load(Ordering::Relaxed) {
            remove_left_overs(&mut mounted);
        }
        report(&mounted);
        state.mounted = Some(mounted);
        Ok(())
    }

    /// The file system on the card.
    fn find(&self) -> Result<Box<FatFs<CardBlocks>>, Errno> {
        let mut first = [[0; BLOCK_BYTES]];
        let read = self.slot.with_card(|card| {
            card.read(0, &mut first)?;
            Ok(card.blocks())
        });
        let blocks = read.map_err(slot::errno)?;
        let range = partition::find(&first[0], blocks).ok_or_else(|| {
            log::warn!("/sd: the card has no FAT partition");
            Errno::ENODEV
        })?;
        let device = CardBlocks::new(self.slot.clone(), range.start, range.end - range.start);
        settle(begin(device)).inspect_err(|_| log::warn!("/sd: cannot be mounted"))
    }

    /// Brings all changes to the card.
    pub fn sync(&self) -> Result<(), Errno> {
        self.keeper.due.store(0, Ordering::Release);
        let number = self.state().mounted.as_ref().map(|mounted| mounted.number);
        let written = self.write_back();
        if written != Ok(false) {
            // Views may store without telling: look again soon.
            self.keeper.note_change();
        }
        let synced = number.map_or(Ok(()), |number| {
            self.with(Mount::Number(number), |mounted| Ok(mounted.fs.sync()?))
        });
        let outcome = written.and(synced);
        self.keeper.tell(outcome);
        outcome
    }

    /// Brings all changes to the card, and uses it no more.
    pub fn close(&self) {
        // The log has it.
        let _ = self.sync();
        let mut state = self.state();
        state.refusal = Some(Errno::EIO);
        state.mounted = None;
    }
}

type Begun = Result<FatFs<CardBlocks>, MountError<CardBlocks, CardError>>;

/// A file system is larger than a page: it is made in its place on the heap.
#[inline(never)]
fn begin(device: CardBlocks) -> Box<Begun> {
    let options = MountOptions::new().with_clock(&DayClock).with_node_limit(NODES_MAX);
    Box::write(Box::new_uninit(), FatFs::mount(device, options))
}

#[inline(never)]
fn settle(begun: Box<Begun>) -> Result<Box<FatFs<CardBlocks>>, Errno> {
    let cache = CacheOptions::new();
    let cache = cache.with_blocks(CACHED_BLOCKS).with_chain_positions(CACHED_POSITIONS);
    match *begun {
        Ok(fs) => Ok(Box::new(fs.with_cache(cache))),
        Err(error) => {
            log::warn!("/sd: {}", error.error());
            Err(error::errno(error.error()))
        }
    }
}

/// Removes the files that were removed while they were open, and whose users a power cut has ended.
fn remove_left_overs(mounted: &mut Mounted) {
    let root = mounted.fs.root();
    let mut found = Vec::new();
    let mut cursor = DirCursor::START;
    while let Ok(Some(entry)) = mounted.fs.readdir(root, cursor) {
        cursor = entry.next_cursor();
        if names::is_removed(entry.name().as_bytes()) {
            found.push(Box::<[u8]>::from(entry.name().as_bytes()));
        }
    }
    for name in found {
        if let Err(error) = mounted.fs.unlink(root, Name::new(&name)) {
            log::warn!("/sd: a removed file is left over: {error}");
        }
    }
}

fn report(mounted: &Mounted) {
    let geometry = mounted.fs.info();
    let bytes = u64::from(geometry.max_cluster()) * u64::from(geometry.cluster_size());
    let clean = if mounted.fs.was_dirty() { "; it was not unmounted: have it checked" } else { "" };
    log::info!("/sd: {:?}, {} MiB{clean}", geometry.kind(), bytes >> 20);
}
