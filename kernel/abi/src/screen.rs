//! The screen, `/dev/fb0`: Linux's `ioctl` requests of frame buffers, and one of our own.
//!
//! A pixel is a word 0x00RRGGBB. The file's bytes are the frame buffer, whose rows are more than are shown, so that
//! the next picture is drawn below or above the one that is seen.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `ioctl`: read [`VariableScreenInfo`].
pub const FBIOGET_VSCREENINFO: u32 = 0x4600;
/// `ioctl`: set [`VariableScreenInfo`]; only what is so already is accepted.
pub const FBIOPUT_VSCREENINFO: u32 = 0x4601;
/// `ioctl`: read [`FixedScreenInfo`].
pub const FBIOGET_FSCREENINFO: u32 = 0x4602;
/// `ioctl`: show the rows from `yoffset` of a [`VariableScreenInfo`] on, all of which may have changed.
pub const FBIOPAN_DISPLAY: u32 = 0x4606;
/// `ioctl`: show a [`ScreenFrame`].
pub const SCREEN_SHOW: u32 = 0x4301;

/// A picture that is to be shown, and what of the frame buffer was drawn on since the last one.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct ScreenFrame {
    /// The frame buffer's row that is shown uppermost.
    pub row: u32,
    /// The first row that has changed.
    pub changed_from: u32,
    /// Behind the last one.
    pub changed_to: u32,
    /// 0.
    pub reserved: u32,
}

/// Where a colour lies in a pixel's word.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct ColourField {
    /// The lowest bit.
    pub offset: u32,
    /// How many.
    pub length: u32,
    /// 0.
    pub msb_right: u32,
}

/// Linux's `struct fb_var_screeninfo`.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct VariableScreenInfo {
    /// Pixels of a row that are shown.
    pub xres: u32,
    /// Rows that are shown.
    pub yres: u32,
    /// Pixels of a row.
    pub xres_virtual: u32,
    /// Rows.
    pub yres_virtual: u32,
    /// The first pixel of each row that is shown.
    pub xoffset: u32,
    /// The first row that is shown.
    pub yoffset: u32,
    /// Bits of a pixel.
    pub bits_per_pixel: u32,
    /// 0: colours.
    pub grayscale: u32,
    /// Where red is.
    pub red: ColourField,
    /// Where green is.
    pub green: ColourField,
    /// Where blue is.
    pub blue: ColourField,
    /// Where nothing is.
    pub transparency: ColourField,
    /// What is not known of the monitor: sizes, times, and bits without meaning here.
    pub unused: [u32; 20],
}

/// Linux's `struct fb_fix_screeninfo`.
#[derive(Clone, Copy, Debug, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq)]
#[repr(C)]
pub struct FixedScreenInfo {
    /// What drives it.
    pub id: [u8; 16],
    /// 0: programs are not told of physical addresses.
    pub smem_start: u64,
    /// Bytes of the frame buffer.
    pub smem_len: u32,
    /// 0: packed pixels.
    pub kind: u32,
    /// 0.
    pub type_aux: u32,
    /// [`FB_VISUAL_TRUECOLOR`].
    pub visual: u32,
    /// 0: what is shown begins with the first pixel of a row.
    pub xpanstep: u16,
    /// 1: what is shown may begin with any row.
    pub ypanstep: u16,
    /// 0.
    pub ywrapstep: u16,
    /// 0.
    pub padding: u16,
    /// Bytes from one row to the next.
    pub line_length: u32,
    /// Registers and accelerators, of which there are none.
    pub unused: [u32; 7],
}

/// Each colour has bits of its own.
pub const FB_VISUAL_TRUECOLOR: u32 = 2;

const _: () = assert!(size_of::<VariableScreenInfo>() == 160);
const _: () = assert!(size_of::<FixedScreenInfo>() == 80);
