//! The requests of `ioctl`.

use super::{Outcome, invoke, signed};
use abi::Sysno;
use abi::terminal::{
    TCGETS, TCSETS, TCSETSF, TIOCGPGRP, TIOCGPTN, TIOCGWINSZ, TIOCSCTTY, TIOCSPGRP, TIOCSPTLCK,
    TIOCSWINSZ, Termios, WindowSize,
};
use core::ptr;

/// Reads a terminal's settings.
pub fn get_settings(fd: i32) -> Outcome<Termios> {
    let mut settings = Termios::cooked();
    // SAFETY: the request fills one record of this type.
    unsafe { request(fd, TCGETS, ptr::from_mut(&mut settings) as u64) }.map(|()| settings)
}

/// Changes a terminal's settings.
pub fn set_settings(fd: i32, settings: &Termios) -> Outcome<()> {
    // SAFETY: the request reads one record of this type.
    unsafe { request(fd, TCSETS, ptr::from_ref(settings) as u64) }
}

/// Changes a terminal's settings, and throws away what was typed and not read.
pub fn set_settings_and_forget(fd: i32, settings: &Termios) -> Outcome<()> {
    // SAFETY: the request reads one record of this type.
    unsafe { request(fd, TCSETSF, ptr::from_ref(settings) as u64) }
}

/// Reads a terminal's size.
pub fn window_size(fd: i32) -> Outcome<WindowSize> {
    let mut size = WindowSize::default();
    // SAFETY: the request fills one record of this type.
    unsafe { request(fd, TIOCGWINSZ, ptr::from_mut(&mut size) as u64) }.map(|()| size)
}

/// Says how large a terminal is.
pub fn set_window_size(fd: i32, size: &WindowSize) -> Outcome<()> {
    // SAFETY: the request reads one record of this type.
    unsafe { request(fd, TIOCSWINSZ, ptr::from_ref(size) as u64) }
}

/// The number of the terminal that a master has.
pub fn number(fd: i32) -> Outcome<u32> {
    let mut number = 0_u32;
    // SAFETY: the request fills one word.
    unsafe { request(fd, TIOCGPTN, ptr::from_mut(&mut number) as u64) }.map(|()| number)
}

/// Lets the terminal that a master has be opened.
pub fn unlock(fd: i32) -> Outcome<()> {
    let locks = 0_u32;
    // SAFETY: the request reads one word.
    unsafe { request(fd, TIOCSPTLCK, ptr::from_ref(&locks) as u64) }
}

/// Makes this the session's terminal.
pub fn set_controlling(fd: i32) -> Outcome<()> {
    // SAFETY: the request takes no address.
    unsafe { request(fd, TIOCSCTTY, 0) }
}

/// Reads the foreground process group.
pub fn foreground(fd: i32) -> Outcome<u32> {
    let mut group = 0_u32;
    // SAFETY: the request fills one word.
    unsafe { request(fd, TIOCGPGRP, ptr::from_mut(&mut group) as u64) }.map(|()| group)
}

/// Sets the foreground process group.
pub fn set_foreground(fd: i32, group: u32) -> Outcome<()> {
    // SAFETY: the request reads one word.
    unsafe { request(fd, TIOCSPGRP, ptr::from_ref(&group) as u64) }
}

/// Makes a request.
///
/// # Safety
/// - The argument is what this request expects.
pub(super) unsafe fn request(fd: i32, request: u32, argument: u64) -> Outcome<()> {
    // SAFETY: the caller's duty.
    unsafe { invoke(Sysno::Ioctl, [signed(fd), u64::from(request), argument]) }.map(drop)
}
