//! The kernel's code for programs (vdso(7)): found as a C library finds it, and telling the same time
//! as the calls.

use crate::os::SECOND;
use crate::{Checks, os, print, start, touch};
use abi::process::AT_SYSINFO_EHDR;
use abi::time::{
    CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_PROCESS_CPUTIME_ID, CLOCK_REALTIME,
    TimeSpec,
};
use core::ffi::CStr;

const DYNAMIC: u32 = 2;
const TAG_HASH: u64 = 4;
const TAG_STRINGS: u64 = 5;
const TAG_SYMBOLS: u64 = 6;

/// The image, and the tables in it.
struct Image {
    base: u64,
    hashes: u64,
    strings: u64,
    symbols: u64,
}

impl Image {
    fn find() -> Option<Self> {
        let base = start::auxiliary(AT_SYSINFO_EHDR)?;
        let segments = base + touch::load(base + 32);
        let dynamic = (0..2)
            .map(|index| segments + index * 56)
            .find(|segment| touch::load(*segment) as u32 == DYNAMIC)
            .map(|segment| base + touch::load(segment + 16))?;
        let value = |tag| {
            let entries = (0..20).map(|index| dynamic + index * 16);
            let entry = entries.into_iter().find(|entry| touch::load(*entry) == tag)?;
            Some(base + touch::load(entry + 8))
        };
        let (hashes, strings) = (value(TAG_HASH)?, value(TAG_STRINGS)?);
        Some(Self { base, hashes, strings, symbols: value(TAG_SYMBOLS)? })
    }

    /// The address of a function.
    fn function(&self, name: &CStr) -> u64 {
        let count = touch::load(self.hashes) >> 32;
        let symbols = (1..count).map(|index| self.symbols + 24 * index);
        let found = symbols.into_iter().find(|symbol| {
            let text = self.strings + u64::from(touch::load(*symbol) as u32);
            start::string_at(text) == name
        });
        found.map_or(0, |symbol| self.base + touch::load(symbol + 8))
    }
}

/// Where the image's `clock_gettime` is; 0 for nowhere.
pub fn clock_gettime() -> u64 {
    Image::find().map_or(0, |image| image.function(c"__kernel_clock_gettime"))
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let Some(image) = Image::find() else {
        return checks.that("there is an image", false);
    };
    checks.equal("it is an ELF file", touch::load(image.base) as u32, 0x464C_457F);
    let names = [c"__kernel_clock_gettime", c"__kernel_gettimeofday", c"__kernel_clock_getres"];
    let functions = names.map(|name| image.function(name));
    for (name, place) in names.into_iter().zip(functions) {
        checks.that(print::text(name), place != 0);
    }
    let end = image.function(c"__kernel_rt_sigreturn");
    let instructions = touch::load(end);
    checks.equal("handlers end as unwinders know it", instructions, 0xD400_0001_D280_1168);
    let [gettime, time_of_day, resolution] = functions;
    clocks(checks, gettime);
    let mut time = [0_u64; 2];
    let before = os::clock(CLOCK_REALTIME).unwrap_or(0) / 1000;
    let answer = touch::call2(time_of_day, (&raw mut time) as u64, 0);
    let now = time[0] * 1_000_000 + time[1];
    let after = os::clock(CLOCK_REALTIME).unwrap_or(0) / 1000;
    checks.equal("gettimeofday succeeds", answer, 0);
    checks.that("and tells microseconds", (before..=after).contains(&now) && time[1] < 1_000_000);
    let mut found = TimeSpec::default();
    let answer = touch::call2(resolution, CLOCK_MONOTONIC.into(), (&raw mut found) as u64);
    checks.equal("clock_getres", (answer, found.seconds, found.nanoseconds), (0, 0, 1));
}

fn clocks(checks: &mut Checks, gettime: u64) {
    let read = |clock: u32| {
        let mut time = TimeSpec::default();
        let answer = touch::call2(gettime, clock.into(), (&raw mut time) as u64);
        (answer as i32, time.seconds as u64 * SECOND + time.nanoseconds as u64)
    };
    for clock in [CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME] {
        let mut wrong = 0;
        for _ in 0..200 {
            let before = os::clock(clock).unwrap_or(0);
            let (answer, time) = read(clock);
            let after = os::clock(clock).unwrap_or(0);
            wrong += u32::from(answer != 0 || time < before || time > after);
        }
        checks.equal("the time is that of the call", wrong, 0);
    }
    let (answer, time) = read(CLOCK_PROCESS_CPUTIME_ID);
    checks.that("other clocks are asked for", answer == 0 && time > 0);
    for clock in [99, 64, 1 << 31, u32::MAX] {
        let expected = os::clock(clock).err().map(|error| -(error as i32));
        checks.equal("as are those that do not exist", Some(read(clock).0), expected);
    }
}
