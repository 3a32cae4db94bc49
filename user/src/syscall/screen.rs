//! The requests of the screen.

use super::Outcome;
use super::terminal::request;
use abi::screen::{
    FBIOGET_FSCREENINFO, FBIOGET_VSCREENINFO, FixedScreenInfo, SCREEN_SHOW, ScreenFrame,
    VariableScreenInfo,
};
use core::ptr;
use zerocopy::FromZeros;

/// Reads the screen's size.
pub fn variable_info(fd: i32) -> Outcome<VariableScreenInfo> {
    let mut info = VariableScreenInfo::default();
    // SAFETY: the request fills one record of this type.
    unsafe { request(fd, FBIOGET_VSCREENINFO, ptr::from_mut(&mut info) as u64) }.map(|()| info)
}

/// Reads how its rows lie in memory.
pub fn fixed_info(fd: i32) -> Outcome<FixedScreenInfo> {
    let mut info = FixedScreenInfo::new_zeroed();
    // SAFETY: the request fills one record of this type.
    unsafe { request(fd, FBIOGET_FSCREENINFO, ptr::from_mut(&mut info) as u64) }.map(|()| info)
}

/// Shows a picture.
pub fn show(fd: i32, frame: &ScreenFrame) -> Outcome<()> {
    // SAFETY: the request reads one record of this type.
    unsafe { request(fd, SCREEN_SHOW, ptr::from_ref(frame) as u64) }
}
