//! Memory that a kernel which checks itself refuses when it is told to: in the midst of any call.

use crate::execute::own;
use abi::file::OpenFlags;
use abi::{Errno, Sysno};
use user::fuzz::Random;

/// One of so many calls has a question refused.
const ONE_IN: u64 = 4;
/// Which one, mostly one of the first: most calls ask once or not at all.
const QUESTIONS: u64 = 9;
/// The descriptor's number, where the calls that are made seldom find it.
const PLACE: u64 = 200;
/// `fcntl`: another descriptor for the same file, with this number or a higher one.
const DUPLICATE: u64 = 0;

/// The way to tell the kernel; none where it does not refuse.
#[derive(Clone, Copy)]
pub struct Refusals(Option<u64>);

impl Refusals {
    /// For root alone.
    pub fn open() -> Self {
        let path = c"/proc/fail-nth".as_ptr() as u64;
        let file = own(Sysno::Openat, [0, path, OpenFlags::READ_WRITE.bits().into(), 0]);
        let Ok(file) = u64::try_from(file) else { return Self(None) };
        let place = own(Sysno::Fcntl, [file, DUPLICATE, PLACE]);
        own(Sysno::Close, [file]);
        Self(u64::try_from(place).ok())
    }

    /// Whether the kernel refuses.
    pub const fn are_there(self) -> bool {
        self.0.is_some()
    }

    /// Has one of the next questions refused, or not; returns whether it has.
    pub fn begin(self, random: &mut Random) -> bool {
        let is_wanted = self.are_there() && random.once_in(ONE_IN);
        if is_wanted {
            let most = 1 + random.below(QUESTIONS);
            self.refuse(1 + random.below(most));
        }
        is_wanted
    }

    /// Has the question with this number refused, of those that come; up to 999.
    pub fn refuse(self, number: u64) {
        if let Some(file) = self.0 {
            let digits = [100, 10, 1].map(|unit| b'0' + (number / unit % 10) as u8);
            own(Sysno::Write, [file, (&raw const digits) as u64, digits.len() as u64]);
        }
    }

    /// Has none refused any more.
    pub fn end(self) {
        self.refuse(0);
    }

    /// How many questions would have to be asked up to the one that is refused; 0 once it was, and none where
    /// that cannot be asked any more.
    pub fn left(self) -> Option<u64> {
        let mut text = [0_u8; 8];
        let count = own(Sysno::Pread64, [self.0?, (&raw mut text) as u64, text.len() as u64, 0]);
        if count == -(Errno::ENOMEM as i64) {
            // The last one was this call's own.
            return Some(0);
        }
        let text = text.get(..usize::try_from(count).ok()?)?;
        let digits = text.iter().filter(|byte| byte.is_ascii_digit());
        Some(digits.fold(0, |number, digit| 10 * number + u64::from(digit - b'0')))
    }
}
