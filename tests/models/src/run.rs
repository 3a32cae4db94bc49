//! Exploring a model, and what becomes of it when one order is weaker.
//!
//! Every operation of the explored code asks here which order it is to have. So one of them, known by its line,
//! can be weakened, and the model has to fail then: that order is needed, and the model looks at what it is for.

use core::panic::Location;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What an operation does.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Role {
    /// It reads.
    Load,
    /// It writes.
    Store,
    /// It does both at once.
    Exchange,
    /// The reading of an exchange that was not made.
    Failure,
    /// It orders others.
    Fence,
}

/// A place where an order stands.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Site {
    file: &'static str,
    line: u32,
    column: u32,
    role: Role,
}

thread_local! {
    static SEEN: RefCell<BTreeMap<Site, Ordering>> = const { RefCell::new(BTreeMap::new()) };
    static WEAKENED: Cell<Option<(Site, Ordering)>> = const { Cell::new(None) };
    static RUNS: Cell<usize> = const { Cell::new(0) };
}

/// The order that the operation at a place is to have.
pub fn order_at(place: &'static Location<'static>, role: Role, order: Ordering) -> Ordering {
    let (file, line, column) = (place.file(), place.line(), place.column());
    let site = Site { file, line, column, role };
    SEEN.with_borrow_mut(|seen| {
        seen.entry(site).or_insert(order);
    });
    match WEAKENED.get() {
        Some((weakened, order)) if weakened == site => order,
        _ => order,
    }
}

/// Weaker orders for what an operation does.
fn weaker(role: Role, order: Ordering) -> &'static [Ordering] {
    use Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
    match (role, order) {
        (Role::Load | Role::Failure, SeqCst) => &[Acquire, Relaxed],
        (Role::Store, SeqCst) => &[Release, Relaxed],
        (Role::Exchange | Role::Fence, SeqCst) => &[AcqRel, Relaxed],
        (Role::Exchange | Role::Fence, AcqRel) => &[Acquire, Release],
        (_, Acquire | Release) => &[Relaxed],
        _ => &[],
    }
}

/// A model: threads that use some code, and what has to hold.
pub struct Model {
    body: fn(),
    preemptions: Option<usize>,
}

/// An order whose weakening breaks a model: in a line with this text, before which stands the file's name, so much
/// weaker.
pub type Needed = (&'static str, Ordering);

impl Model {
    /// Of all interleavings.
    pub const fn new(body: fn()) -> Self {
        Self { body, preemptions: None }
    }

    /// Of those in which a thread is interrupted at most so often where it could have gone on: most errors need
    /// two, and what is left out is longer, not other.
    pub const fn preempted(body: fn(), times: usize) -> Self {
        Self { body, preemptions: Some(times) }
    }

    fn explore(&self) {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = self.preemptions;
        builder.max_branches = 100_000;
        let body = self.body;
        RUNS.set(0);
        builder.check(move || {
            RUNS.set(RUNS.get() + 1);
            crate::begin_run();
            body();
            crate::end_run();
        });
    }

    /// # Panics
    ///
    /// If something does not hold in one of the runs.
    pub fn holds(&self) {
        let _turn = turn();
        self.explore_unchanged();
    }

    fn explore_unchanged(&self) {
        WEAKENED.set(None);
        SEEN.take();
        self.explore();
        println!("{} runs", RUNS.get());
    }

    /// # Panics
    ///
    /// If something does not hold, or holds although one of these orders is weaker. With `MODELS_ALL` in the environment
    /// each order of the model is tried, and what becomes of it is told.
    pub fn holds_and_needs(&self, needed: &[Needed]) {
        let _turn = turn();
        self.explore_unchanged();
        let mut left: Vec<Needed> = needed.to_vec();
        let mut idle = Vec::new();
        let is_all = std::env::var_os("MODELS_ALL").is_some();
        for (site, order) in SEEN.take() {
            let text = source_line(&site);
            for weaker in weaker(site.role, order) {
                let is_asked = |(part, order): &Needed| text.contains(part) && order == weaker;
                if !is_all && !needed.iter().any(is_asked) {
                    continue;
                }
                let is_needed = self.fails_with(site, *weaker);
                let what = format!("{text}: {order:?} as {weaker:?}");
                println!("{} {what}", if is_needed { "fails:" } else { "holds:" });
                let is_it = |(part, order): &Needed| text.contains(part) && order == weaker;
                match (is_needed, left.iter().any(is_it)) {
                    (true, true) => left.retain(|needed| !is_it(needed)),
                    (false, true) => idle.push(what),
                    _ => {}
                }
            }
        }
        // A line may have several places, of which one is meant.
        assert!(left.is_empty(), "no run shows that these are needed: {left:?}; {idle:?}");
    }

    fn fails_with(&self, site: Site, order: Ordering) -> bool {
        WEAKENED.set(Some((site, order)));
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let outcome = catch_unwind(AssertUnwindSafe(|| self.explore()));
        std::panic::set_hook(hook);
        WEAKENED.set(None);
        crate::forget_run();
        outcome.is_err()
    }
}

/// One model at a time: they share what is static in the code.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn source_line(site: &Site) -> String {
    // The compiler names files as seen from the workspace's folder.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(site.file);
    let text = std::fs::read_to_string(&path).expect("the source is there");
    let line = text.lines().nth(site.line as usize - 1).unwrap_or_default();
    let name = path.file_name().unwrap_or_default();
    format!("{}: {}", name.display(), line.trim())
}
