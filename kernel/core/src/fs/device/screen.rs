//! `/dev/fb0`: the screen's frame buffer as a region that programs map, for root.
//!
//! Who opens it for writing has the screen: the kernel's messages stay off it until the last such file is
//! closed, and the last view has gone that can draw.

use super::device_number;
use crate::fs::node::{FileSystem, Identity, Node, Place, Waiting, Written};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::region::Region;
use crate::screen::{self, Screen};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, S_IFCHR, Stat};
use abi::screen::{
    ColourField, FB_VISUAL_TRUECOLOR, FBIOGET_FSCREENINFO, FBIOGET_VSCREENINFO, FBIOPAN_DISPLAY,
    FBIOPUT_VSCREENINFO, FixedScreenInfo, SCREEN_SHOW, ScreenFrame, VariableScreenInfo,
};
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use spin::Once;
use zerocopy::{FromBytes, IntoBytes};

const PATH: &str = "/dev/fb0";
/// Linux's number of frame buffers.
const MAJOR: u64 = 29;

/// The device.
pub struct ScreenDevice {
    inode: u64,
    /// Made when it is first asked for.
    region: Once<Arc<Region>>,
}

impl ScreenDevice {
    /// The board's screen.
    pub const fn new(inode: u64) -> Self {
        Self { inode, region: Once::new() }
    }

    fn region_of(&self, screen: &Screen) -> Result<Arc<Region>, Errno> {
        let make = || Region::of_device(PATH, screen.memory.start, screen.bytes());
        self.region.try_call_once(make).cloned()
    }

    /// Shows the rows from `row` on, of which those in `changed` are new to the board.
    fn show(screen: &Screen, row: u32, changed: core::ops::Range<u32>) -> Result<(), Errno> {
        if row > screen.rows - screen.height || changed.end > screen.rows {
            return Err(Errno::EINVAL);
        }
        screen.write_back(changed);
        screen.show_from(row);
        Ok(())
    }
}

fn variable(screen: &Screen) -> VariableScreenInfo {
    let field = |offset| ColourField { offset, length: 8, msb_right: 0 };
    VariableScreenInfo {
        xres: screen.width,
        yres: screen.height,
        xres_virtual: screen.width,
        yres_virtual: screen.rows,
        xoffset: 0,
        yoffset: screen.shown_from(),
        bits_per_pixel: 32,
        grayscale: 0,
        red: field(16),
        green: field(8),
        blue: field(0),
        transparency: ColourField::default(),
        unused: [0; 20],
    }
}

fn fixed(screen: &Screen) -> FixedScreenInfo {
    FixedScreenInfo {
        id: *b"Commons\0\0\0\0\0\0\0\0\0",
        smem_start: 0,
        smem_len: screen.bytes() as u32,
        kind: 0,
        type_aux: 0,
        visual: FB_VISUAL_TRUECOLOR,
        xpanstep: 0,
        ypanstep: 1,
        ywrapstep: 0,
        padding: 0,
        line_length: screen.pitch,
        unused: [0; 7],
    }
}

/// The screen; `ENODEV` on a board without one.
fn screen() -> Result<&'static Screen, Errno> {
    screen::screen().ok_or(Errno::ENODEV)
}

impl Node for ScreenDevice {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Devices, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFCHR | 0o600, uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        Stat { st_rdev: device_number(MAJOR, 0), ..stat::base(self) }
    }

    fn open(&self, flags: OpenFlags) -> Result<(), Errno> {
        screen()?;
        if flags.writes() {
            screen::take();
        }
        Ok(())
    }

    fn close(&self, flags: OpenFlags) {
        if flags.writes() {
            screen::give_back();
        }
    }

    fn label(&self) -> Option<alloc::string::String> {
        Some(PATH.into())
    }

    fn length(&self) -> u64 {
        screen::screen().map_or(0, Screen::bytes)
    }

    fn region(self: Arc<Self>) -> Result<Arc<Region>, Errno> {
        self.region_of(screen()?)
    }

    fn read(&self, offset: u64, to: &mut UserBuffer<'_>, _: Waiting) -> Result<usize, Errno> {
        self.region_of(screen()?)?.read(offset, to)
    }

    fn write(&self, to: Place, from: &mut UserData<'_>, _: Waiting) -> Result<Written, Errno> {
        let screen = screen()?;
        let start = match to {
            Place::Offset(offset) => offset,
            Place::End => screen.bytes(),
        };
        if start >= screen.bytes() && from.remaining() > 0 {
            return Err(Errno::ENOSPC);
        }
        let count = self.region_of(screen)?.write(start, from)?;
        let end = start + count as u64;
        let row = |byte: u64| (byte / u64::from(screen.pitch)) as u32;
        screen.write_back(row(start)..row(end + u64::from(screen.pitch) - 1));
        Ok(Written { count, end })
    }

    fn control(&self, request: u32, argument: VirtAddr) -> Result<u64, Errno> {
        let screen = screen()?;
        match request {
            FBIOGET_VSCREENINFO => put(argument, variable(screen).as_bytes())?,
            FBIOGET_FSCREENINFO => put(argument, fixed(screen).as_bytes())?,
            FBIOPUT_VSCREENINFO => {
                let wanted = VariableScreenInfo { unused: [0; 20], ..take(argument)? };
                if wanted != variable(screen) {
                    return Err(Errno::EINVAL);
                }
            }
            FBIOPAN_DISPLAY => {
                let wanted: VariableScreenInfo = take(argument)?;
                let end = wanted.yoffset.checked_add(screen.height).ok_or(Errno::EINVAL)?;
                Self::show(screen, wanted.yoffset, wanted.yoffset..end)?;
            }
            SCREEN_SHOW => {
                let frame: ScreenFrame = take(argument)?;
                Self::show(screen, frame.row, frame.changed_from..frame.changed_to)?;
            }
            _ => return Err(Errno::ENOTTY),
        }
        Ok(0)
    }
}

fn put(to: VirtAddr, bytes: &[u8]) -> Result<(), Errno> {
    UserBuffer::user(to, bytes.len()).put(bytes)?;
    Ok(())
}

fn take<T: FromBytes + IntoBytes>(from: VirtAddr) -> Result<T, Errno> {
    let mut value = T::new_zeroed();
    let bytes = value.as_mut_bytes();
    UserData::user(from, bytes.len()).take(bytes)?;
    Ok(value)
}
