//! The screen's frame buffer, which a process has for itself as long as it has this.

use super::rows::Pixels;
use crate::error::{Context, Error, Result};
use crate::fs::File;
use crate::region::{Protection, Region, View};
use crate::syscall::screen as call;
use abi::Errno;
use abi::screen::{FixedScreenInfo, ScreenFrame, VariableScreenInfo};
use core::ops::Range;
use embedded_graphics::geometry::Size;

/// Where the screen is.
pub const PATH: &str = "/dev/fb0";

/// The screen, with one picture that is shown and one that is drawn.
pub struct FrameBuffer {
    region: Region,
    view: View,
    size: Size,
    pitch: usize,
    /// The picture that is shown, 0 or 1.
    shown: u32,
    pictures: u32,
}

impl FrameBuffer {
    /// Takes the screen.
    pub fn open() -> Result<Self> {
        let file =
            File::options().read_write().open(PATH).map_err(|error| match error.errno() {
                Some(Errno::ENODEV) => error.problem("the board has no screen"),
                Some(Errno::EACCES) => error.problem("only root may have the screen"),
                _ => error,
            })?;
        let region = Region::from_fd(file.into_fd())?;
        let VariableScreenInfo { xres, yres, yres_virtual, yoffset, .. } =
            call::variable_info(region.as_raw()).context(PATH)?;
        let FixedScreenInfo { line_length, .. } =
            call::fixed_info(region.as_raw()).context(PATH)?;
        let view = region.map(Protection::READ | Protection::WRITE)?;
        let pitch = line_length as usize;
        if view.len() < pitch * yres_virtual as usize {
            return Err(
                Error::new(Errno::EINVAL, PATH).problem("the screen has fewer bytes than rows")
            );
        }
        let size = Size::new(xres, yres);
        let pictures = if yres_virtual >= 2 * yres { 2 } else { 1 };
        // Who had the screen before may have left with either half shown.
        let shown = u32::from(pictures > 1 && yoffset >= yres);
        Ok(Self { region, view, size, pitch, shown, pictures })
    }

    /// Its size.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// How many pictures there is room for: with one, what is drawn is seen at once.
    pub const fn pictures(&self) -> u32 {
        self.pictures
    }

    /// The pixels of the picture that is not shown.
    pub fn hidden(&self) -> Pixels<'_> {
        let offset = self.first_row() as usize * self.pitch;
        Pixels { memory: self.view.memory(), offset, pitch: self.pitch }
    }

    /// The frame buffer's row that the hidden picture begins with.
    const fn first_row(&self) -> u32 {
        (self.shown + 1) % self.pictures * self.size.height
    }

    /// Shows again what is shown.
    ///
    /// An emulator that draws its window at the moment at which another half is to be shown forgets about that.
    pub fn show_again(&self) -> Result<()> {
        let row = self.shown * self.size.height;
        let frame = ScreenFrame { row, changed_from: row, changed_to: row, reserved: 0 };
        call::show(self.region.as_raw(), &frame).context(PATH)
    }

    /// Shows the hidden picture, of which these rows were drawn; the other one is hidden then.
    pub fn show(&mut self, changed: Range<u32>) -> Result<()> {
        let row = self.first_row();
        let frame = ScreenFrame {
            row,
            changed_from: row + changed.start.min(self.size.height),
            changed_to: row + changed.end.min(self.size.height),
            reserved: 0,
        };
        call::show(self.region.as_raw(), &frame).context(PATH)?;
        self.shown = (self.shown + 1) % self.pictures;
        Ok(())
    }
}

/// What is on the screen, for one who looks and draws nothing.
pub struct Spectator {
    view: View,
    region: Region,
    pitch: usize,
}

impl Spectator {
    /// The screen, which stays with who has it.
    pub fn open() -> Result<Self> {
        let region = Region::from_fd(File::options().open(PATH)?.into_fd())?;
        let view = region.map(Protection::READ)?;
        let FixedScreenInfo { line_length, .. } =
            call::fixed_info(region.as_raw()).context(PATH)?;
        Ok(Self { view, region, pitch: line_length as usize })
    }

    /// The frame buffer's row that is shown uppermost.
    pub fn row(&self) -> Result<u32> {
        Ok(call::variable_info(self.region.as_raw()).context(PATH)?.yoffset)
    }

    /// The pixels from a row on.
    pub fn pixels(&self, row: u32) -> Pixels<'_> {
        let offset = row as usize * self.pitch;
        Pixels { memory: self.view.memory(), offset, pitch: self.pitch }
    }
}
