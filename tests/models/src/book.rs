//! What loom knows of a run's atomics, locks and bytes, by their addresses.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// How many of each there are in stock; no model has more.
const WORDS: usize = 24;
const OTHERS: usize = 8;
const THREADS: usize = 5;

/// What one run knows of its atomics.
pub struct Book {
    /// Of eight bits.
    pub small: Stock<Shared<loom::sync::atomic::AtomicU8>>,
    /// Of 32.
    pub words: Stock<Shared<loom::sync::atomic::AtomicU32>>,
    /// Of 64.
    pub longs: Stock<Shared<loom::sync::atomic::AtomicU64>>,
    locks: Stock<loom::sync::Mutex<()>>,
    cells: Stock<loom::cell::UnsafeCell<u64>>,
    /// Threads that have written sequentially consistently since their last fence.
    has_written: [bool; THREADS],
}

/// An atomic, and before it the one that is exchanged first.
pub type Shared<T> = (Rc<loom::sync::atomic::AtomicU8>, Rc<T>);

/// Objects that the first thread has made, and those of them that are in use by their addresses.
pub struct Stock<T> {
    fresh: Vec<T>,
    used: HashMap<usize, Rc<T>>,
}

impl<T: Default> Stock<T> {
    fn new(count: usize) -> Self {
        let fresh = (0..count).map(|_| T::default()).collect();
        Self { fresh, used: HashMap::new() }
    }

    /// The one at an address.
    pub fn at(&mut self, address: usize) -> Rc<T> {
        let Self { fresh, used } = self;
        let make = || Rc::new(fresh.pop().expect("a model has more atomics than the stock"));
        used.entry(address).or_insert_with(make).clone()
    }
}

thread_local! {
    /// All of a model's threads run on one of the host's.
    static BOOK: RefCell<Option<Book>> = const { RefCell::new(None) };
    static NUMBERS: Cell<usize> = const { Cell::new(0) };
    /// Whether there are several threads: before, an atomic is a plain value, which costs nothing to explore.
    static IS_SHARED: Cell<bool> = const { Cell::new(false) };
}

/// Begins a run; by its first thread, before there are others.
pub fn begin() {
    let book = Book {
        small: Stock::new(OTHERS),
        words: Stock::new(WORDS),
        longs: Stock::new(WORDS),
        locks: Stock::new(OTHERS),
        cells: Stock::new(OTHERS),
        has_written: [false; THREADS],
    };
    // Dropped outside, for loom looks at what goes.
    let last = BOOK.replace(Some(book));
    drop(last);
    NUMBERS.set(0);
    IS_SHARED.set(false);
}

/// From now on there are several threads.
pub fn share() {
    IS_SHARED.set(true);
}

/// Ends it, by the same thread.
pub fn end() {
    drop(BOOK.take());
}

/// Ends a run that has failed: loom is gone, and its objects must not look for it.
pub fn forget() {
    std::mem::forget(BOOK.take());
}

/// Whether there are.
pub fn is_shared() -> bool {
    IS_SHARED.get()
}

/// The lock at an address.
pub fn lock_at(address: usize) -> Rc<loom::sync::Mutex<()>> {
    with_book(|book| book.locks.at(address))
}

/// Eight bytes at an address that are touched without atomics: loom says if one touches them who has not seen who
/// wrote to them last, or while somebody writes.
pub fn bytes_at(address: usize) -> Rc<loom::cell::UnsafeCell<u64>> {
    with_book(|book| book.cells.at(address))
}

/// Looks into the run's book.
pub fn with_book<T>(look: impl FnOnce(&mut Book) -> T) -> T {
    BOOK.with_borrow_mut(|book| look(book.as_mut().expect("an atomic is used in a model only")))
}

loom::thread_local! {
    static NUMBER: usize = {
        let number = NUMBERS.get();
        NUMBERS.set(number + 1);
        number
    };
}

/// Notes a sequentially consistent write of this thread, or that a fence has come after it.
pub fn set_written(has_written: bool) -> bool {
    let number = NUMBER.with(|number| *number);
    with_book(|book| std::mem::replace(&mut book.has_written[number], has_written))
}
