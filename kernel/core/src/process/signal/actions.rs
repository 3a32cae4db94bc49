//! What a process does with each signal.

use super::sets::{DefaultAction, UNSTOPPABLE};
use abi::signal::{ActionFlags, SIG_DFL, SIG_IGN, SIGNAL_MAX, Signal, SignalAction, signal_bit};
use alloc::sync::Arc;

/// What is to be done with a signal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reaction {
    /// Nothing.
    Ignore,
    /// What is standard.
    Default(DefaultAction),
    /// A function of the program's is called.
    Handle(SignalAction),
}

/// The actions for all signals; at first the default ones.
///
/// A child shares its parent's until one of them changes one: most never do.
#[derive(Clone, Default)]
pub struct Actions {
    all: Option<Arc<All>>,
    /// Those that a new program does not keep as they are.
    of_program: u64,
}

type All = [SignalAction; SIGNAL_MAX as usize];

impl Actions {
    /// The action for a signal, whose number is from 1 to 64.
    pub fn get(&self, number: u32) -> SignalAction {
        self.all.as_ref().map_or_else(SignalAction::default, |all| all[number as usize - 1])
    }

    /// All of them, to be changed: no child's are changed with them.
    fn own(&mut self) -> &mut All {
        let all = self.all.get_or_insert_with(|| Arc::new([SignalAction::default(); _]));
        Arc::make_mut(all)
    }

    /// Changes it; flags without a meaning and signals that can't be blocked are not kept.
    pub fn set(&mut self, number: u32, action: SignalAction) {
        let flags = ActionFlags::from_bits_truncate(action.flags).bits();
        let mask = action.mask & !UNSTOPPABLE;
        let action = SignalAction { flags, mask, ..action };
        if action != kept(&action) {
            self.of_program |= signal_bit(number);
        }
        self.own()[number as usize - 1] = action;
    }

    /// Makes it the default one.
    pub fn reset(&mut self, number: u32) {
        self.own()[number as usize - 1].handler = SIG_DFL;
    }

    /// Makes handlers the default ones, as for a new program; what is ignored stays so.
    pub fn reset_handlers(&mut self) {
        let mut left = core::mem::take(&mut self.of_program);
        while left != 0 {
            let action = &mut self.own()[left.trailing_zeros() as usize];
            *action = kept(action);
            left &= left - 1;
        }
    }

    /// What is to be done with a signal.
    pub fn reaction(&self, number: u32) -> Reaction {
        let action = self.get(number);
        match action.handler {
            SIG_IGN => Reaction::Ignore,
            SIG_DFL => Reaction::Default(DefaultAction::of(number)),
            _ => Reaction::Handle(action),
        }
    }

    /// Whether a signal would do nothing.
    pub fn ignores(&self, number: u32) -> bool {
        matches!(
            self.reaction(number),
            Reaction::Ignore | Reaction::Default(DefaultAction::Nothing)
        )
    }

    /// Whether children that end are gone at once, without being waited for.
    pub fn forgets_children(&self) -> bool {
        self.get(Signal::CHLD as u32).handler == SIG_IGN
            || self.child_flags().contains(ActionFlags::NO_CHILD_WAIT)
    }

    /// The flags of the signal that tells of children.
    pub fn child_flags(&self) -> ActionFlags {
        ActionFlags::from_bits_truncate(self.get(Signal::CHLD as u32).flags)
    }
}

/// What a new program keeps of an action.
fn kept(action: &SignalAction) -> SignalAction {
    let handler = if action.handler == SIG_IGN { SIG_IGN } else { SIG_DFL };
    SignalAction { handler, ..SignalAction::default() }
}

/// The signals that are blocked while a handler runs.
pub fn blocked_by(action: &SignalAction, number: u32) -> u64 {
    let flags = ActionFlags::from_bits_truncate(action.flags);
    let own = if flags.contains(ActionFlags::NO_DEFER) { 0 } else { signal_bit(number) };
    (action.mask | own) & !UNSTOPPABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handler(flags: ActionFlags, mask: u64) -> SignalAction {
        SignalAction { handler: 0x1000, flags: flags.bits(), restorer: 0, mask }
    }

    #[test]
    fn a_new_program_has_no_handlers_but_ignores_what_was_ignored() {
        let mut actions = Actions::default();
        actions.set(10, handler(ActionFlags::RESTART, u64::MAX));
        actions.set(12, SignalAction { handler: SIG_IGN, ..SignalAction::default() });
        assert_eq!(actions.get(10).mask, !UNSTOPPABLE);
        actions.reset_handlers();
        assert_eq!(actions.get(10), SignalAction::default());
        assert_eq!(actions.reaction(10), Reaction::Default(DefaultAction::End));
        assert_eq!(actions.reaction(12), Reaction::Ignore);
    }

    #[test]
    fn a_child_keeps_the_actions_that_its_parent_changes() {
        let mut parent = Actions::default();
        parent.set(10, handler(ActionFlags::RESTART, 0));
        let mut child = parent.clone();
        parent.reset(10);
        assert_eq!(child.get(10).handler, 0x1000);
        child.set(12, handler(ActionFlags::RESTART, 0));
        assert_eq!(parent.get(12), SignalAction::default());
    }

    #[test]
    fn a_handler_blocks_its_own_signal_unless_it_says_otherwise() {
        let usr2 = signal_bit(12);
        assert_eq!(blocked_by(&handler(ActionFlags::empty(), usr2), 10), usr2 | signal_bit(10));
        assert_eq!(blocked_by(&handler(ActionFlags::NO_DEFER, usr2), 10), usr2);
        assert_eq!(blocked_by(&handler(ActionFlags::NO_DEFER, u64::MAX), 10), !UNSTOPPABLE);
    }

    #[test]
    fn the_standard_default_actions() {
        let actions = Actions::default();
        for number in 1..=SIGNAL_MAX {
            let expected = match number {
                17 | 18 | 23 | 28 => DefaultAction::Nothing,
                19..=22 => DefaultAction::Stop,
                _ => DefaultAction::End,
            };
            assert_eq!(actions.reaction(number), Reaction::Default(expected), "{number}");
        }
    }

    #[test]
    fn children_are_forgotten_when_the_signal_is_ignored_or_a_flag_says_so() {
        let mut actions = Actions::default();
        assert!(!actions.forgets_children());
        actions.set(17, handler(ActionFlags::NO_CHILD_WAIT, 0));
        assert!(actions.forgets_children());
        actions.set(17, SignalAction { handler: SIG_IGN, ..SignalAction::default() });
        assert!(actions.forgets_children());
    }
}
