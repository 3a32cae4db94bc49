//! Tests with fake registers, and a fake firmware that answers when the driver looks at the time or the caches.

use core::cell::{Cell, RefCell};
use core::time::Duration;
use std::rc::Rc;

use super::tags::{Clock, ExpanderPin};
use super::*;
use crate::gpio::Level;
use crate::soc::PhysRange;
use crate::testing::FakeRegisters;

const READ: usize = 0x00;
const READ_STATUS: usize = 0x18;
const WRITE: usize = 0x20;
const WRITE_STATUS: usize = 0x38;
const EMPTY: u32 = 1 << 30;
const FULL: u32 = 1 << 31;
const PHYSICAL: u64 = 0x0020_0000;
const ANSWER: u32 = 0xC020_0008;

type Firmware = Box<dyn Fn(FakeRegisters)>;

/// Answers as soon as the bell has rung, by giving the buffer to `firmware`.
struct FakeHost {
    registers: FakeRegisters,
    buffer: FakeRegisters,
    clock: Cell<u64>,
    firmware: Rc<RefCell<Option<Firmware>>>,
}

impl MailboxHost for FakeHost {
    fn clean_and_invalidate(&self, start: usize, len: usize) {
        assert_eq!((start % 64, len), (0, 4096));
    }

    fn now(&self) -> Duration {
        self.clock.set(self.clock.get() + 1);
        if self.registers.get(WRITE) != 0
            && let Some(firmware) = self.firmware.borrow().as_ref()
        {
            self.registers.set(WRITE, 0);
            firmware(self.buffer);
            self.registers.set(READ, ANSWER);
            self.registers.set(READ_STATUS, 0);
        }
        Duration::from_millis(self.clock.get())
    }
}

struct Fake {
    registers: FakeRegisters,
    buffer: FakeRegisters,
    firmware: Rc<RefCell<Option<Firmware>>>,
    mailbox: Mailbox<FakeHost>,
}

fn fake(firmware: impl Fn(FakeRegisters) + 'static) -> Fake {
    let (registers, buffer) = (FakeRegisters::new(), FakeRegisters::new());
    registers.set(READ_STATUS, EMPTY);
    let firmware = Rc::new(RefCell::new(Some(Box::new(firmware) as Firmware)));
    let host = FakeHost { registers, buffer, clock: Cell::new(0), firmware: firmware.clone() };
    let timeout = Duration::from_millis(20);
    let mailbox = Mailbox::new(registers.claim(), buffer.claim(), PHYSICAL, host, timeout).unwrap();
    Fake { registers, buffer, firmware, mailbox }
}

/// A firmware that answers a single tag with `values`, claiming `len` bytes.
fn answering(len: u32, values: &'static [u32]) -> impl Fn(FakeRegisters) {
    move |buffer| {
        for (index, &value) in values.iter().enumerate() {
            buffer.set(20 + index * 4, value);
        }
        buffer.set(16, 1 << 31 | len);
        buffer.set(4, 0x8000_0000);
    }
}

#[test]
fn a_question_is_laid_out_as_the_property_interface_wants() {
    let mut fake = fake(|buffer| {
        let words: Vec<u32> = (0..8).map(|index| buffer.get(index * 4)).collect();
        assert_eq!(words, [32, 0, 0x0003_0002, 8, 0, 2, 0, 0]);
        answering(8, &[2, 48_000_000])(buffer);
    });
    assert_eq!(fake.mailbox.clock_rate(Clock::Uart), Ok(48_000_000));
}

#[test]
fn the_uncached_alias_and_the_channel_go_through_the_mailbox() {
    let mut fake = fake(|_| {});
    *fake.firmware.borrow_mut() = None;
    assert_eq!(fake.mailbox.board_revision(), Err(MailboxError::TimedOut));
    assert_eq!(fake.registers.get(WRITE), 0xC020_0008);
}

#[test]
fn two_word_answers_come_in_their_order() {
    let mut fake = fake(answering(8, &[0, 0x3C00_0000]));
    assert_eq!(fake.mailbox.arm_memory(), Ok(PhysRange { start: 0, len: 0x3C00_0000 }));
    let mut fake = self::fake(answering(8, &[0x89AB_CDEF, 0x0123_4567]));
    assert_eq!(fake.mailbox.board_serial(), Ok(0x0123_4567_89AB_CDEF));
}

#[test]
fn the_command_line_is_copied_with_its_length() {
    const TEXT: &[u32] = &[u32::from_le_bytes(*b"quie"), u32::from_le_bytes(*b"t!XX")];
    let mut fake = fake(answering(6, TEXT));
    let mut line = [0; 16];
    assert_eq!(fake.mailbox.command_line(&mut line), Ok(6));
    assert_eq!(&line[..8], b"quiet!\0\0");
}

#[test]
fn a_command_line_that_does_not_fit_is_an_error_with_its_length() {
    let mut fake = fake(answering(6, &[]));
    let error = MailboxError::TooLong { tag: 0x0005_0001, len: 6 };
    assert_eq!(fake.mailbox.command_line(&mut [0; 5]), Err(error));
}

#[test]
fn a_tag_without_its_response_bit_is_unanswered() {
    let mut fake = fake(|buffer| buffer.set(4, 0x8000_0000));
    assert_eq!(fake.mailbox.board_revision(), Err(MailboxError::Unanswered(0x0001_0002)));
}

#[test]
fn an_unknown_tag_that_qemu_answers_with_nothing_is_unanswered() {
    let mut fake = fake(answering(0, &[]));
    assert_eq!(fake.mailbox.board_revision(), Err(MailboxError::Unanswered(0x0001_0002)));
}

#[test]
fn a_rejected_message_is_an_error_with_its_code() {
    let mut fake = fake(|buffer| buffer.set(4, 0x8000_0001));
    assert_eq!(fake.mailbox.board_revision(), Err(MailboxError::Rejected(0x8000_0001)));
}

#[test]
fn garbage_lengths_are_errors_and_no_panic() {
    let mut fake = fake(answering(0x7FFF_FFFF, &[7, 8]));
    let error = MailboxError::TooLong { tag: 0x0005_0001, len: 0x7FFF_FFFF };
    assert_eq!(fake.mailbox.command_line(&mut [0; 4096]), Err(error));
    assert_eq!(fake.mailbox.board_revision(), Ok(7));
}

#[test]
fn a_buffer_overwritten_with_ones_is_an_error_and_no_panic() {
    let mut fake = fake(|buffer| (0..1024).for_each(|word| buffer.set(word * 4, u32::MAX)));
    assert_eq!(fake.mailbox.arm_memory(), Err(MailboxError::Rejected(u32::MAX)));
}

#[test]
fn a_mailbox_that_stays_full_times_out() {
    let mut fake = fake(|_| panic!("nothing was sent"));
    fake.registers.set(WRITE_STATUS, FULL);
    assert_eq!(fake.mailbox.board_revision(), Err(MailboxError::TimedOut));
}

#[test]
fn answers_on_other_channels_are_passed_over() {
    let mut fake = fake(|_| {});
    *fake.firmware.borrow_mut() = None;
    fake.registers.set(READ_STATUS, 0);
    fake.registers.set(READ, 0xC020_0001);
    assert_eq!(fake.mailbox.board_revision(), Err(MailboxError::TimedOut));
}

#[test]
fn after_a_time_out_the_buffer_is_not_filled_until_the_late_answer_has_come() {
    let mut fake = fake(|_| {});
    *fake.firmware.borrow_mut() = None;
    assert_eq!(fake.mailbox.board_revision(), Err(MailboxError::TimedOut));
    fake.registers.set(WRITE, 0);
    assert_eq!(fake.mailbox.arm_memory().unwrap_err(), MailboxError::TimedOut);
    assert_eq!(fake.buffer.get(8), 0x0001_0002, "the first message still stands");

    fake.registers.set(READ, ANSWER);
    fake.registers.set(READ_STATUS, 0);
    *fake.firmware.borrow_mut() = Some(Box::new(answering(8, &[0, 0x3B40_0000])));
    let mut message = fake.mailbox.message();
    message.tag(0x0001_0005, &[], 2).unwrap();
    drop(message);
    assert_eq!(fake.buffer.get(8), 0x0001_0005, "the buffer is free again");
}

#[test]
fn a_tag_that_does_not_fit_is_refused() {
    let mut fake = fake(|_| panic!("nothing was sent"));
    let mut message = fake.mailbox.message();
    // Of 1024 words, 2 are the header, 3 the tag's and 1 the end.
    assert_eq!(message.tag(9, &[], 1019).unwrap_err(), MailboxError::MessageFull(9));
    assert!(message.tag(9, &[], 1018).is_ok());
    assert_eq!(message.tag(9, &[], usize::MAX).unwrap_err(), MailboxError::MessageFull(9));
    assert_eq!(message.tag(9, &[], 0).unwrap_err(), MailboxError::MessageFull(9));
}

#[test]
fn several_tags_go_in_one_message() {
    let mut fake = fake(|buffer| {
        assert_eq!(buffer.get(0), 13 * 4);
        buffer.set(4 * 4, 1 << 31 | 4);
        buffer.set(5 * 4, 11);
        buffer.set(8 * 4, 1 << 31 | 12);
        (9..12).for_each(|word| buffer.set(word * 4, word as u32));
        buffer.set(4, 0x8000_0000);
    });
    let mut message = fake.mailbox.message();
    let first = message.tag(1, &[], 1).unwrap();
    let second = message.tag(2, &[5, 6, 7], 1).unwrap();
    let answers = message.send().unwrap();
    assert_eq!(answers.words(first), Ok([11]));
    assert_eq!(answers.words(second), Ok([9, 10, 11]));
    assert_eq!(answers.words::<4>(second), Err(MailboxError::Unanswered(2)));
}

#[test]
fn buffers_the_firmware_cannot_reach_are_refused() {
    for physical in [0x0020_0010, 0x3FFF_F040, 0x4000_0000, 0x1_0000_0000, u64::MAX - 63] {
        let registers = FakeRegisters::new();
        let host = FakeHost {
            registers,
            buffer: registers,
            clock: Cell::new(0),
            firmware: Rc::new(RefCell::new(None)),
        };
        let buffer = FakeRegisters::new();
        let result =
            Mailbox::new(registers.claim(), buffer.claim(), physical, host, Duration::ZERO);
        assert_eq!(result.err(), Some(MailboxError::UnreachableBuffer(physical)));
    }
}

#[test]
fn a_line_of_the_expander_is_set_by_its_number_from_128_on() {
    let mut fake = fake(|buffer| {
        let words: Vec<u32> = (0..8).map(|index| buffer.get(index * 4)).collect();
        assert_eq!(words, [32, 0, 0x0003_8041, 8, 0, 130, 1, 0]);
        answering(8, &[0, 1])(buffer);
    });
    assert_eq!(fake.mailbox.set_expander_pin(ExpanderPin::LED_OF_3B, Level::High), Ok(()));
}

#[test]
fn a_line_that_the_firmware_does_not_set_is_an_error() {
    let refused = Err(MailboxError::Unanswered(0x0003_8041));
    let pin = ExpanderPin::CARD_LOW_VOLTAGE_OF_4B;
    // A status that is not 0, and QEMU's answer to tags that it does not know.
    let mut fake = fake(answering(8, &[132, 0]));
    assert_eq!(fake.mailbox.set_expander_pin(pin, Level::Low), refused);
    let mut fake = self::fake(answering(0, &[]));
    assert_eq!(fake.mailbox.set_expander_pin(pin, Level::Low), refused);
}

#[test]
fn a_posted_message_is_not_waited_for_and_the_next_one_waits_for_its_answer() {
    let mut fake = fake(answering(8, &[0, 1]));
    let silent = fake.firmware.borrow_mut().take();
    fake.mailbox.post_expander_pin(ExpanderPin::LED_OF_3B, Level::High).expect("nobody waits");
    assert_eq!(fake.registers.get(WRITE), ANSWER);
    assert_eq!(fake.mailbox.board_revision(), Err(MailboxError::TimedOut));
    *fake.firmware.borrow_mut() = silent;
    assert_eq!(fake.mailbox.set_expander_pin(ExpanderPin::LED_OF_3B, Level::Low), Ok(()));
}
