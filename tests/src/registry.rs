//! The emulators that run, so that a panic of the tests leaves none behind.
//!
//! The release profile aborts on panic, so `Drop` does not run then; the panic hook does.

use shared_child::SharedChild;
use std::sync::{Arc, Mutex, PoisonError, Weak};

static RUNNING: Mutex<Vec<Weak<SharedChild>>> = Mutex::new(Vec::new());

/// Remembers a running emulator.
pub fn add(child: &Arc<SharedChild>) {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    running.retain(|other| other.strong_count() > 0);
    running.push(Arc::downgrade(child));
}

/// Makes a panic of any thread end all emulators before the process ends.
pub fn end_machines_on_panic() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        for child in running.iter().filter_map(Weak::upgrade) {
            // It may have ended by itself, which is as good.
            let _ = child.kill();
        }
    }));
}
