//! The clock that is read without a system call: code of the kernel's that every program has in its
//! address space (vdso(7)), found by the name that C libraries know it by.

use crate::env;
use abi::limits::PAGE_SIZE;
use abi::time::TimeSpec;
use core::mem::transmute;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicUsize, Ordering};

/// The auxiliary vector's entry for the image.
const AT_SYSINFO_EHDR: usize = 33;
const CLOCK: &[u8] = b"__kernel_clock_gettime";

/// What the clock is called as.
type Clock = extern "C" fn(i32, *mut TimeSpec) -> i32;

/// Where it is; 0 until it was looked for, 1 if there is none.
static PLACE: AtomicUsize = AtomicUsize::new(UNKNOWN);
const UNKNOWN: usize = 0;
const NONE: usize = 1;

/// Reads a clock; `None` where the kernel has to be asked.
pub fn clock_gettime(clock: u32) -> Option<TimeSpec> {
    let place = match PLACE.load(Ordering::Relaxed) {
        UNKNOWN => find(),
        place => place,
    };
    if place == NONE {
        return None;
    }
    // SAFETY: at this place is a function of this kind for as long as the program runs.
    let read = unsafe { transmute::<usize, Clock>(place) };
    let mut time = TimeSpec::default();
    (read(clock as i32, ptr::from_mut(&mut time)) == 0).then_some(time)
}

#[cold]
fn find() -> usize {
    let place = env::auxiliary(AT_SYSINFO_EHDR).and_then(|base| {
        let start = NonNull::new(base as *mut u8)?;
        // SAFETY: the kernel has mapped a page of constants there, for as long as the program runs.
        let image = unsafe { NonNull::slice_from_raw_parts(start, PAGE_SIZE).as_ref() };
        Some(base + function(image, CLOCK)?)
    });
    let place = place.unwrap_or(NONE);
    PLACE.store(place, Ordering::Relaxed);
    place
}

fn number<const N: usize>(image: &[u8], at: usize) -> Option<u64> {
    let mut bytes = [0; 8];
    bytes[..N].copy_from_slice(image.get(at..at.checked_add(N)?)?);
    Some(u64::from_le_bytes(bytes))
}

/// The offset in an ELF image of a function that it exports.
fn function(image: &[u8], name: &[u8]) -> Option<usize> {
    const LOAD: u64 = 1;
    const DYNAMIC: u64 = 2;
    let (table, size) = (number::<8>(image, 32)? as usize, number::<2>(image, 54)? as usize);
    let segment = |kind| {
        let all = (0..number::<2>(image, 56)? as usize).map(|index| table + index * size);
        all.into_iter().find(|at| number::<4>(image, *at) == Some(kind))
    };
    let load = segment(LOAD)?;
    let bias = number::<8>(image, load + 16)?.wrapping_sub(number::<8>(image, load + 8)?);
    let offset = |address: u64| address.wrapping_sub(bias) as usize;
    let dynamic = number::<8>(image, segment(DYNAMIC)? + 8)? as usize;
    let entry = |tag| {
        let entries = (dynamic..image.len()).step_by(16);
        let mut entries = entries.take_while(|at| number::<8>(image, *at) != Some(0));
        number::<8>(image, entries.find(|at| number::<8>(image, *at) == Some(tag))? + 8)
    };
    const HASH: u64 = 4;
    const STRINGS: u64 = 5;
    const SYMBOLS: u64 = 6;
    const SYMBOL_BYTES: usize = 24;
    let (hash, strings) = (offset(entry(HASH)?), offset(entry(STRINGS)?));
    let symbols = offset(entry(SYMBOLS)?);
    let symbol = (0..number::<4>(image, hash + 4)? as usize)
        .map(|index| symbols + index * SYMBOL_BYTES)
        .find(|at| {
            let text =
                number::<4>(image, *at).and_then(|text| image.get(strings + text as usize..));
            text.is_some_and(|text| text.starts_with(name) && text.get(name.len()) == Some(&0))
        })?;
    Some(offset(number::<8>(image, symbol + 8)?))
}
