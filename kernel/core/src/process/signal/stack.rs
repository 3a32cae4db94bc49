//! The alternate stack of a thread, for handlers that can't rely on its own.

use super::state::ThreadSignals;
use abi::Errno;
use abi::signal::{AlternateStack, MINIMUM_STACK, StackFlags};

/// Whether a stack pointer is on the stack. While one that disarms itself is in use there is none.
pub const fn contains(stack: &AlternateStack, sp: u64) -> bool {
    stack.flags & StackFlags::DISARM.bits() == 0 && {
        let distance = sp.wrapping_sub(stack.base);
        sp > stack.base && distance <= stack.size
    }
}

/// The stack as `sigaltstack` tells it.
fn told(stack: &AlternateStack, sp: u64) -> AlternateStack {
    let kept = StackFlags::from_bits_truncate(stack.flags) & StackFlags::DISARM;
    let use_now = match () {
        () if stack.size == 0 => StackFlags::DISABLE,
        () if contains(stack, sp) => StackFlags::ON_STACK,
        () => StackFlags::empty(),
    };
    AlternateStack::new(stack.base, stack.size, use_now | kept)
}

/// The stack that a program asks for.
fn asked(current: &AlternateStack, sp: u64, new: &AlternateStack) -> Result<AlternateStack, Errno> {
    if contains(current, sp) {
        return Err(Errno::EPERM);
    }
    let flags = StackFlags::from_bits(new.flags).ok_or(Errno::EINVAL)?;
    let mode = flags - StackFlags::DISARM;
    if mode == StackFlags::DISABLE {
        return Ok(AlternateStack::new(0, 0, flags));
    }
    if mode == StackFlags::ON_STACK | StackFlags::DISABLE {
        return Err(Errno::EINVAL);
    }
    if new.size < MINIMUM_STACK {
        return Err(Errno::ENOMEM);
    }
    Ok(AlternateStack::new(new.base, new.size, flags))
}

impl ThreadSignals {
    /// The alternate stack of a thread whose stack pointer is `sp`.
    pub fn stack(&self, sp: u64) -> AlternateStack {
        told(&self.lock().stack, sp)
    }

    /// Changes it; not while the thread is on it.
    pub fn set_stack(&self, sp: u64, new: &AlternateStack) -> Result<(), Errno> {
        let mut state = self.lock();
        state.stack = asked(&state.stack, sp, new)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: u64 = 0x1000;

    fn stack(size: u64, flags: StackFlags) -> AlternateStack {
        AlternateStack::new(BASE, size, flags)
    }

    #[test]
    fn a_stack_in_use_cannot_be_changed_and_says_so() {
        let own = stack(8192, StackFlags::empty());
        for (sp, is_on_it) in [(BASE, false), (BASE + 1, true), (BASE + 8192, true), (9, false)] {
            let expected = if is_on_it { StackFlags::ON_STACK } else { StackFlags::empty() };
            assert_eq!(told(&own, sp).flags, expected.bits());
            let change = asked(&own, sp, &AlternateStack::none());
            assert_eq!(change.err(), is_on_it.then_some(Errno::EPERM));
        }
    }

    #[test]
    fn sizes_and_flags_are_checked() {
        let none = AlternateStack::none();
        let ask = |size, flags| asked(&none, 0, &stack(size, flags)).map(|new| new.size);
        assert_eq!(ask(MINIMUM_STACK - 1, StackFlags::empty()), Err(Errno::ENOMEM));
        assert_eq!(ask(MINIMUM_STACK, StackFlags::ON_STACK), Ok(MINIMUM_STACK));
        assert_eq!(ask(1, StackFlags::DISABLE), Ok(0));
        let both = StackFlags::ON_STACK | StackFlags::DISABLE;
        assert_eq!(ask(MINIMUM_STACK, both), Err(Errno::EINVAL));
        assert_eq!(ask(MINIMUM_STACK, StackFlags::from_bits_retain(8)), Err(Errno::EINVAL));
        assert_eq!(told(&none, 7).flags, StackFlags::DISABLE.bits());
    }

    #[test]
    fn a_stack_that_disarms_itself_is_never_found_in_use() {
        let own = stack(8192, StackFlags::DISARM);
        assert!(!contains(&own, BASE + 8));
        assert_eq!(told(&own, BASE + 8).flags, StackFlags::DISARM.bits());
    }
}
