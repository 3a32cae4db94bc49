//! What is shown in answer to a typed byte.

/// Columns and bytes that an echo shows: written out when it is sent, so that even the wiping
/// out of a long line takes no memory.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Echo {
    wiped: usize,
    bytes: [u8; 4],
    length: usize,
}

impl Echo {
    /// Shows a byte; an echo has at most 4 besides what it wipes out.
    pub fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// Wipes out this many columns before the cursor; that comes before the bytes.
    pub const fn wipe(&mut self, columns: usize) {
        self.wiped += columns;
    }

    /// Hands the echo over in parts.
    pub fn for_each_part(&self, mut show: impl FnMut(&[u8])) {
        for _ in 0..self.wiped {
            show(b"\x08 \x08");
        }
        if self.length > 0 {
            show(&self.bytes[..self.length]);
        }
    }
}
