//! Memory that a kernel which checks itself refuses when it is told to: in the midst of any call.

use crate::execute::own;
use abi::Sysno;
use abi::file::OpenFlags;
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
pub struct Refusals(Option<u64>);

impl Refusals {
    /// For root alone.
    pub fn open() -> Self {
        let path = c"/proc/fail-nth".as_ptr() as u64;
        let file = own(Sysno::Openat, [0, path, OpenFlags::WRITE_ONLY.bits().into(), 0]);
        let Ok(file) = u64::try_from(file) else { return Self(None) };
        let place = own(Sysno::Fcntl, [file, DUPLICATE, PLACE]);
        own(Sysno::Close, [file]);
        Self(u64::try_from(place).ok())
    }

    /// Has one of the next questions refused, or not; returns whether it has.
    pub fn begin(&self, random: &mut Random) -> bool {
        let is_wanted = self.0.is_some() && random.once_in(ONE_IN);
        if is_wanted {
            let most = 1 + random.below(QUESTIONS);
            self.tell(b'1' + random.below(most) as u8);
        }
        is_wanted
    }

    /// Has none refused any more.
    pub fn end(&self) {
        self.tell(b'0');
    }

    fn tell(&self, digit: u8) {
        if let Some(file) = self.0 {
            own(Sysno::Write, [file, (&raw const digit) as u64, 1]);
        }
    }
}
