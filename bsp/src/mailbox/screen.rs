//! The screen: a frame buffer that the firmware makes in its own memory, and shows.
//!
//! The picture that is in memory is twice as high as what is shown of it, so that the next one is drawn while this one
//! is seen. All of that is asked for in one message: firmware that is asked piece by piece makes something else.

use super::{Mailbox, MailboxError, MailboxHost};
use crate::soc::PhysRange;

mod tag {
    pub const ALLOCATE: u32 = 0x0004_0001;
    pub const GET_PITCH: u32 = 0x0004_0008;
    pub const SET_SIZE: u32 = 0x0004_8003;
    pub const SET_VIRTUAL_SIZE: u32 = 0x0004_8004;
    pub const SET_DEPTH: u32 = 0x0004_8005;
    pub const SET_PIXEL_ORDER: u32 = 0x0004_8006;
    pub const SET_VIRTUAL_OFFSET: u32 = 0x0004_8009;
}

const BITS_PER_PIXEL: u32 = 32;
/// A pixel's word is 0x00RRGGBB.
const BLUE_FIRST: u32 = 0;
const ALIGNMENT: u32 = 4096;
/// The firmware tells where its memory is by the VideoCore's addresses.
const BUS_MASK: u32 = 0x3FFF_FFFF;

/// A frame buffer, as the firmware made it: not always as it was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FrameBuffer {
    /// Where its pixels are.
    pub memory: PhysRange,
    /// Pixels of a row that are shown.
    pub width: u32,
    /// Rows that are shown.
    pub height: u32,
    /// Rows that there are.
    pub rows: u32,
    /// Bytes from one row to the next.
    pub pitch: u32,
}

impl<H: MailboxHost> Mailbox<H> {
    /// Has the firmware make a frame buffer of about this size, with twice as many rows as are shown.
    ///
    /// `None` if it makes none that can be used: a board may have no screen.
    pub fn make_frame_buffer(
        &mut self,
        width: u32,
        height: u32,
    ) -> Result<Option<FrameBuffer>, MailboxError> {
        let mut message = self.message();
        let shown = message.tag(tag::SET_SIZE, &[width, height], 2)?;
        let all = message.tag(tag::SET_VIRTUAL_SIZE, &[width, height.saturating_mul(2)], 2)?;
        message.tag(tag::SET_VIRTUAL_OFFSET, &[0, 0], 2)?;
        let depth = message.tag(tag::SET_DEPTH, &[BITS_PER_PIXEL], 1)?;
        message.tag(tag::SET_PIXEL_ORDER, &[BLUE_FIRST], 1)?;
        let memory = message.tag(tag::ALLOCATE, &[ALIGNMENT], 2)?;
        let pitch = message.tag(tag::GET_PITCH, &[], 1)?;
        let answers = message.send()?;
        let [width, height] = answers.words(shown)?;
        let [_, rows] = answers.words(all)?;
        let [base, len] = answers.words(memory)?;
        let [pitch] = answers.words(pitch)?;
        let memory = PhysRange { start: u64::from(base & BUS_MASK), len: u64::from(len) };
        let buffer = FrameBuffer { memory, width, height, rows, pitch };
        let is_right = answers.words(depth)? == [BITS_PER_PIXEL] && buffer.is_usable();
        Ok(is_right.then_some(buffer))
    }

    /// Shows the frame buffer from this row on.
    pub fn show_from_row(&mut self, row: u32) -> Result<(), MailboxError> {
        self.ask::<2>(tag::SET_VIRTUAL_OFFSET, &[0, row]).map(drop)
    }
}

impl FrameBuffer {
    /// Whether its numbers fit together.
    fn is_usable(&self) -> bool {
        let row = u64::from(self.width) * u64::from(BITS_PER_PIXEL / 8);
        let pitch = u64::from(self.pitch);
        self.memory.start != 0
            && self.memory.start.is_multiple_of(ALIGNMENT.into())
            && self.width > 0
            && self.height > 0
            && self.rows >= self.height
            && pitch >= row
            && pitch.is_multiple_of(4)
            && pitch * u64::from(self.rows) <= self.memory.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: FrameBuffer = FrameBuffer {
        memory: PhysRange { start: 0x3C10_0000, len: 1024 * 1536 * 4 },
        width: 1024,
        height: 768,
        rows: 1536,
        pitch: 4096,
    };

    #[test]
    fn a_frame_buffer_whose_rows_do_not_fit_is_not_used() {
        assert!(GOOD.is_usable());
        let wrong = [
            FrameBuffer { rows: 1537, ..GOOD },
            FrameBuffer { rows: 767, ..GOOD },
            FrameBuffer { pitch: 4092, ..GOOD },
            FrameBuffer { pitch: 4098, ..GOOD },
            FrameBuffer { width: 0, ..GOOD },
            FrameBuffer { height: 0, ..GOOD },
            FrameBuffer { pitch: u32::MAX - 3, ..GOOD },
            FrameBuffer { memory: PhysRange { start: 0, ..GOOD.memory }, ..GOOD },
            FrameBuffer { memory: PhysRange { start: 0x3C10_0010, ..GOOD.memory }, ..GOOD },
        ];
        for buffer in wrong {
            assert!(!buffer.is_usable(), "{buffer:?}");
        }
    }
}
