//! The screen's frame buffer as a file, and what is told of a region's pages.

use crate::os::{PAGE, READ_WRITE, call, fd};
use crate::{Checks, os, touch};
use abi::file::OpenFlags;
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::RegionFlags;
use abi::screen::{
    FBIOGET_FSCREENINFO, FBIOGET_VSCREENINFO, FBIOPAN_DISPLAY, FBIOPUT_VSCREENINFO,
    FixedScreenInfo, SCREEN_SHOW, ScreenFrame, VariableScreenInfo,
};
use abi::{Errno, Sysno};
use core::ffi::CStr;
use zerocopy::{FromBytes, FromZeros, IntoBytes};

const SCREEN: &CStr = c"/dev/fb0";
const REGION: &[u8] = b"/guest-pages";

/// The checks.
pub fn run(checks: &mut Checks) {
    pages(checks);
    let screen = checks.value("the screen is opened", os::open(SCREEN, OpenFlags::READ_WRITE, 0));
    requests(checks, screen);
    memory(checks, screen);
    os::ignore(os::close(screen));
    a_view_keeps_it(checks);
    let stranger = os::in_child(|| {
        let became = os::become_user(1000, 1000).is_ok();
        let refused = os::open(SCREEN, OpenFlags::empty(), 0) == Err(Errno::EACCES);
        i32::from(!(became && refused))
    });
    checks.equal("it is root's", stranger, Ok(ExitStatus::Exited(0)));
}

/// `region_pages`, of pages from the first on.
fn told(stride: u64, words: &mut [u32]) -> os::Answer {
    let to = words.as_mut_ptr() as u64;
    os::region_pages(REGION, [0, stride, to, words.len() as u64])
}

fn pages(checks: &mut Checks) {
    let request = os::request(5 * PAGE - 7, RegionFlags::SPARSE);
    let region = checks.value("a region", os::region_create(REGION, &request));
    let mut words = [7; 8];
    checks.equal("each page is told of", told(1, &mut words), Ok(5));
    checks.equal("none has memory", words, [0, 0, 0, 0, 0, 7, 7, 7]);
    let view = checks.value("mapped", os::region_map(region, READ_WRITE));
    touch::store(view + 2 * PAGE, 1);
    checks.equal("asked again", told(1, &mut words), Ok(5));
    let before = words[2];
    checks.that(
        "a page that was stored to has memory",
        before != 0 && words[1] == 0 && words[3] == 0,
    );
    touch::store(view + 2 * PAGE, 2);
    os::ignore(told(1, &mut words));
    checks.that("another store changes what is told", words[2] != before);
    checks.equal("every second page", told(2, &mut words), Ok(3));
    checks.that("is the right one", words[0] == 0 && words[1] != 0 && words[2] == 0);
    let ask = |first, stride, to| os::region_pages(REGION, [first, stride, to, 4]);
    let to = words.as_mut_ptr() as u64;
    checks.equal("behind the end there is nothing", ask(5, 1, to), Ok(0));
    checks.equal("far behind it, too", ask(u64::MAX, u64::MAX, to), Ok(0));
    checks.equal("a stride of nothing is EINVAL", ask(0, 0, to), Err(Errno::EINVAL));
    checks.equal("a bad place is EFAULT", ask(0, 1, 8), Err(Errno::EFAULT));
    let record = os::region_stat(region);
    checks.equal("asking has made no page", record.resident_pages, 1);
    os::ignore(os::region_unmap(view).and(os::close(region)).and(os::region_unlink(REGION)));
}

fn ask<T: FromBytes + IntoBytes>(screen: i32, request: u32, value: &mut T) -> os::Answer {
    let at = value.as_mut_bytes().as_mut_ptr() as u64;
    call(Sysno::Ioctl, [fd(screen), request.into(), at])
}

fn requests(checks: &mut Checks, screen: i32) {
    let mut variable = VariableScreenInfo::new_zeroed();
    let mut fixed = FixedScreenInfo::new_zeroed();
    checks.equal("its size", ask(screen, FBIOGET_VSCREENINFO, &mut variable), Ok(0));
    checks.equal("its rows", ask(screen, FBIOGET_FSCREENINFO, &mut fixed), Ok(0));
    checks.that("it has pixels of 32 bits", variable.bits_per_pixel == 32 && variable.xres > 0);
    checks.that("twice as many rows as are shown", variable.yres_virtual >= 2 * variable.yres);
    let bytes = u64::from(fixed.line_length) * u64::from(variable.yres_virtual);
    checks.equal("they fill it", u64::from(fixed.smem_len), bytes);
    checks.equal("no physical address is told", fixed.smem_start, 0);
    checks.equal(
        "as it is, it is accepted",
        ask(screen, FBIOPUT_VSCREENINFO, &mut variable),
        Ok(0),
    );
    let mut other = VariableScreenInfo { xres: variable.xres + 1, ..variable };
    let refused = ask(screen, FBIOPUT_VSCREENINFO, &mut other);
    checks.equal("any other way is EINVAL", refused, Err(Errno::EINVAL));
    let lower = variable.yres_virtual - variable.yres;
    for (row, outcome) in [
        (lower, Ok(0)),
        (lower + 1, Err(Errno::EINVAL)),
        (u32::MAX, Err(Errno::EINVAL)),
        (0, Ok(0)),
    ] {
        let mut wanted = VariableScreenInfo { yoffset: row, ..variable };
        checks.equal(
            "rows are shown if there are enough",
            ask(screen, FBIOPAN_DISPLAY, &mut wanted),
            outcome,
        );
    }
    let mut frame =
        ScreenFrame { row: lower, changed_from: lower, changed_to: lower + 5, reserved: 0 };
    checks.equal("a picture is shown", ask(screen, SCREEN_SHOW, &mut frame), Ok(0));
    os::ignore(ask(screen, FBIOGET_VSCREENINFO, &mut variable));
    checks.equal("that is told", variable.yoffset, lower);
    frame.changed_to = u32::MAX;
    checks.equal(
        "rows that there are not are EINVAL",
        ask(screen, SCREEN_SHOW, &mut frame),
        Err(Errno::EINVAL),
    );
    checks.equal(
        "an unknown request is ENOTTY",
        call(Sysno::Ioctl, [fd(screen), 0x46FF, 0]),
        Err(Errno::ENOTTY),
    );
    checks.equal(
        "a bad place is EFAULT",
        call(Sysno::Ioctl, [fd(screen), FBIOGET_VSCREENINFO.into(), 8]),
        Err(Errno::EFAULT),
    );
}

fn memory(checks: &mut Checks, screen: i32) {
    let mut fixed = FixedScreenInfo::new_zeroed();
    os::ignore(ask(screen, FBIOGET_FSCREENINFO, &mut fixed));
    let bytes = u64::from(fixed.smem_len);
    let before = os::memory_info().map_or(0, |memory| memory.user);
    let view = os::map_at(0, bytes, READ_WRITE, MapFlags::SHARED, (screen, 0));
    let view = checks.value("it is mapped", view);
    touch::store(view + bytes - 8, 0x00AB_CDEF);
    let mut pixel = [0_u8; 4];
    let read = call(Sysno::Pread64, [fd(screen), pixel.as_mut_ptr() as u64, 4, bytes - 8]);
    checks.equal("it is read as a file", read, Ok(4));
    checks.equal("what was stored is there", pixel, [0xEF, 0xCD, 0xAB, 0]);
    let written = call(Sysno::Pwrite64, [fd(screen), [9_u8; 4].as_ptr() as u64, 4, 0]);
    checks.equal("it is written as a file", written, Ok(4));
    checks.equal("and the view shows that", touch::load(view) as u32, 0x0909_0909);
    let behind = call(Sysno::Pwrite64, [fd(screen), pixel.as_ptr() as u64, 4, bytes]);
    checks.equal("behind its end there is no room", behind, Err(Errno::ENOSPC));
    checks.that("its length stays", os::set_length(screen, 4096).is_err());
    let child = os::in_child(|| {
        touch::store(view, 5);
        let region = call(Sysno::RegionSetLength, [fd(screen), 0]);
        i32::from(region.is_ok())
    });
    checks.equal("a child has the same memory", child, Ok(ExitStatus::Exited(0)));
    checks.equal("and what it stored is seen", touch::load(view), 5);
    checks.that(
        "the view may be made to read only",
        os::protect(view, bytes, Protection::READ).is_ok(),
    );
    checks.that("unmapped", os::unmap(view, bytes).is_ok());
    let after = os::memory_info().map_or(0, |memory| memory.user);
    checks.that("its pages are nobody's memory", after <= before + 4);
}

/// Bytes of the rows that a message begins with.
const ROWS: u64 = 16 * 4096;
const COLOUR: u64 = 0x0055_66AA_0055_66AA;

/// A view outlives its descriptor, and messages come back when it goes, too.
fn a_view_keeps_it(checks: &mut Checks) {
    let screen = checks.value("opened again", os::open(SCREEN, OpenFlags::READ_WRITE, 0));
    let view = os::map_at(0, ROWS, READ_WRITE, MapFlags::SHARED, (screen, 0));
    let view = checks.value("mapped again", view);
    os::ignore(os::close(screen));
    let places = || (view..view + ROWS).step_by(8);
    places().for_each(|place| touch::store(place, COLOUR));
    // Far longer than messages take to be drawn.
    os::ignore(os::sleep(500_000_000));
    let is_kept = places().all(|place| touch::load(place) == COLOUR);
    checks.that("nobody draws over what a view shows", is_kept);
    os::ignore(os::unmap(view, ROWS));
    let reader = checks.value("opened to be read", os::open(SCREEN, OpenFlags::empty(), 0));
    let mut pixels = [0_u8; 8];
    let came = (0..500).any(|_| {
        os::ignore(os::sleep(20_000_000));
        let read = call(Sysno::Pread64, [fd(reader), pixels.as_mut_ptr() as u64, 8, 0]);
        read == Ok(8) && u64::from_le_bytes(pixels) != COLOUR
    });
    checks.that("messages come back when the view has gone", came);
    os::ignore(os::close(reader));
}
