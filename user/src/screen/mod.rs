//! The screen, and what a display server needs to compose a picture of many surfaces.
//!
//! `area` is a set of pixels, `stack` says whose pixels are seen where, `rows` copies and blends them, and `canvas`
//! lets `embedded-graphics` draw into shared memory. `frame_buffer` is the screen itself. `request` is what the
//! display server is told, `palette` has the colours, and `header` is what a surface begins with: [`crate::surface`] is the other side.

pub mod area;
pub mod canvas;
pub mod header;
pub mod palette;
pub mod request;
pub mod rows;
pub mod stack;

#[cfg(target_os = "none")]
pub mod frame_buffer;

/// The topic on which the display server is asked for something.
pub const REQUESTS: &str = "/screen";
/// The topic on which it tells of each picture that it has shown.
pub const PICTURES: &str = "/screen-pictures";
/// Requests of one client that may wait; then it waits itself.
pub const REQUEST_DEPTH: u32 = 8;
