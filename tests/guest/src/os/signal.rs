//! Calls on signals, and a log of what handlers have been called with.

use super::{Answer, call};
use abi::Sysno;
use abi::signal::{
    ActionFlags, AlternateStack, SI_QUEUE, SIG_SETMASK, SIGNAL_SET_SIZE, Signal, SignalAction,
    SignalInfo, UserContext, signal_bit,
};
use abi::time::{IntervalTime, TimeSpec, TimeValue};
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use core::time::Duration;
use zerocopy::IntoBytes;

/// A handler with three arguments, which the kernel has laid on its stack.
pub type Handler = extern "C" fn(u64, &SignalInfo, &mut UserContext);

/// The set of these signals.
pub fn set_of(signals: &[Signal]) -> u64 {
    signals.iter().fold(0, |set, signal| set | signal_bit(*signal as u32))
}

/// Sets the action for a signal by number, and gives the one before.
pub fn set_action(number: u32, action: &SignalAction) -> Answer<SignalAction> {
    let mut before = SignalAction::default();
    let old = before.as_mut_bytes().as_mut_ptr() as u64;
    let new = action.as_bytes().as_ptr() as u64;
    call(Sysno::RtSigaction, [number.into(), new, old, SIGNAL_SET_SIZE])?;
    Ok(before)
}

/// Lets a function handle a signal, which gets all three arguments; the kernel has the trampoline.
pub fn handle(number: u32, handler: Handler, flags: ActionFlags, mask: u64) -> Answer {
    let flags = (flags | ActionFlags::INFO).bits();
    let handler = handler as *const () as u64;
    set_action(number, &SignalAction { handler, flags, restorer: 0, mask }).map(|_| 0)
}

/// Blocks exactly these signals, and gives those before.
pub fn set_mask(mask: u64) -> Answer {
    let mut before = 0_u64;
    let addresses = [(&raw const mask) as u64, (&raw mut before) as u64];
    call(Sysno::RtSigprocmask, [SIG_SETMASK.into(), addresses[0], addresses[1], SIGNAL_SET_SIZE])?;
    Ok(before)
}

/// The signals that wait.
pub fn pending() -> Answer {
    let mut set = 0_u64;
    call(Sysno::RtSigpending, [(&raw mut set) as u64, SIGNAL_SET_SIZE])?;
    Ok(set)
}

/// Waits, with these blocked, until a signal is handled.
pub fn suspend(mask: u64) -> Answer {
    call(Sysno::RtSigsuspend, [(&raw const mask) as u64, SIGNAL_SET_SIZE])
}

/// Takes a signal of a set, or waits for one, at most for some nanoseconds.
pub fn wait_signal(set: u64, patience: Option<u64>) -> Answer<SignalInfo> {
    let mut info = SignalInfo::default();
    let time = patience.map(|time| TimeSpec::from_duration(Duration::from_nanos(time)));
    let time = time.as_ref().map_or(0, |time| (&raw const *time) as u64);
    let to = info.as_mut_bytes().as_mut_ptr() as u64;
    let set = (&raw const set) as u64;
    let number = call(Sysno::RtSigtimedwait, [set, to, time, SIGNAL_SET_SIZE])?;
    if number == info.number as u64 { Ok(info) } else { Err(abi::Errno::EDOM) }
}

/// Sends a signal with a value.
pub fn queue(process: u64, number: u32, value: u64) -> Answer {
    let info = SignalInfo::from_process(number, SI_QUEUE, super::own_id() as u32, 0);
    let info = info.with_value(value);
    call(Sysno::RtSigqueueinfo, [process, number.into(), info.as_bytes().as_ptr() as u64])
}

/// Sends a signal to this program's only thread.
pub fn raise(signal: Signal) -> Answer {
    let own = super::own_id();
    call(Sysno::Tgkill, [own, own, signal as u64])
}

/// Changes the alternate stack, and gives the one before.
pub fn alternate_stack(new: Option<&AlternateStack>) -> Answer<AlternateStack> {
    let mut before = AlternateStack::default();
    let new = new.map_or(0, |new| new.as_bytes().as_ptr() as u64);
    call(Sysno::Sigaltstack, [new, before.as_mut_bytes().as_mut_ptr() as u64])?;
    Ok(before)
}

/// Sets an interval timer, in microseconds.
pub fn set_timer(which: u32, value: u64, interval: u64) -> Answer<IntervalTime> {
    let time = |micros: u64| TimeValue {
        seconds: (micros / 1_000_000) as i64,
        microseconds: (micros % 1_000_000) as i64,
    };
    let new = IntervalTime { interval: time(interval), value: time(value) };
    let mut before = IntervalTime::default();
    let addresses = [(&raw const new) as u64, before.as_mut_bytes().as_mut_ptr() as u64];
    call(Sysno::Setitimer, [which.into(), addresses[0], addresses[1]])?;
    Ok(before)
}

/// What handlers note; signal handlers change it between any two instructions.
pub struct Log {
    count: AtomicUsize,
    entries: [[AtomicU64; 3]; Log::ENTRIES],
}

/// One call of a handler.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Handled {
    /// The signal.
    pub number: u64,
    /// `si_code`.
    pub code: i32,
    /// The first word of what the code says, or the second for a signal with a value.
    pub detail: u64,
}

/// The log of this program.
pub static LOG: Log = Log::new();

impl Log {
    const ENTRIES: usize = 32;

    const fn new() -> Self {
        let entries = [const { [const { AtomicU64::new(0) }; 3] }; Self::ENTRIES];
        Self { count: AtomicUsize::new(0), entries }
    }

    /// How many calls there were.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// Forgets all calls.
    pub fn clear(&self) {
        self.count.store(0, Ordering::SeqCst);
    }

    /// Notes a call.
    pub fn note(&self, handled: Handled) {
        let index = self.count.fetch_add(1, Ordering::SeqCst);
        let Some(entry) = self.entries.get(index) else { return };
        let words = [handled.number, handled.code as u64, handled.detail];
        for (place, word) in entry.iter().zip(words) {
            place.store(word, Ordering::SeqCst);
        }
    }

    /// A call.
    pub fn get(&self, index: usize) -> Handled {
        let Some(entry) = self.entries.get(index) else { return Handled::default() };
        let [number, code, detail] = entry.each_ref().map(|word| word.load(Ordering::SeqCst));
        Handled { number, code: code as i32, detail }
    }

    /// The numbers of the signals of the first calls, 0 where there was none.
    pub fn numbers<const N: usize>(&self) -> [u64; N] {
        let count = self.count();
        core::array::from_fn(|index| if index < count { self.get(index).number } else { 0 })
    }
}

/// A handler that notes the call.
pub extern "C" fn note(number: u64, info: &SignalInfo, _: &mut UserContext) {
    let detail = if info.code == SI_QUEUE { info.value() } else { info.fields[0] };
    LOG.note(Handled { number, code: info.code, detail });
}
