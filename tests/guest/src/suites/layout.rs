//! Where things lie: elsewhere in each program, and in the same places for who asks for that.

use crate::start::{self, auxiliary, start};
use crate::{Checks, os};
use abi::Sysno;
use abi::file::OpenFlags;
use abi::memory::MapFlags;
use abi::process::{AT_SYSINFO_EHDR, ExitStatus};
use os::call;

/// Programs that are run.
const RUNS: usize = 24;
/// What each tells: the program, its stack, its break, a mapping, the kernel's code.
const PARTS: usize = 5;
/// How many different places there have to be of so many runs, of which the fewest choices are 128: that there
/// are fewer happens once in 10^20 times.
const LEAST: usize = 8;
/// personality(2).
const ADDR_NO_RANDOMIZE: u64 = 0x0004_0000;
const PAGE: u64 = 4096;

/// `addresses`: writes where its parts are.
pub fn tell_addresses() -> i32 {
    let flags = MapFlags::PRIVATE | MapFlags::ANONYMOUS;
    let parts: [u64; PARTS] = [
        start().base,
        start().stack & !(PAGE - 1),
        os::program_break(0),
        os::map(PAGE, flags),
        auxiliary(AT_SYSINFO_EHDR).unwrap_or(0),
    ];
    let bytes: &[u8] = zerocopy::IntoBytes::as_bytes(&parts);
    i32::from(os::write(1, bytes) != Ok(bytes.len() as u64))
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let chance = places(checks, 0);
    let is_pie = start().base >= 1 << 32;
    let names = ["the program", "the stack", "the break", "a mapping", "the kernel's code"];
    for (part, name) in names.into_iter().enumerate() {
        let count = different(&chance, part);
        // A program with an address of its own lies there; and while it runs, others that begin have the
        // kernel's code where it was for the first of them.
        if is_pie || !matches!(part, 0 | 4) {
            checks.that(name, count >= LEAST);
        }
    }
    let asked = places(checks, ADDR_NO_RANDOMIZE);
    checks.that(
        "who asks for it has all where it was",
        (0..PARTS).all(|part| different(&asked, part) == 1),
    );
    checks.equal("the question is still answered", call(Sysno::Personality, [0xFFFF_FFFF]), Ok(0));
    forks_keep_it(checks);
}

/// A child's memory is its parent's: what it maps lies where the parent would have had it.
fn forks_keep_it(checks: &mut Checks) {
    let flags = MapFlags::PRIVATE | MapFlags::ANONYMOUS;
    let here = os::map(PAGE, flags);
    os::ignore(os::unmap(here, PAGE));
    let status = os::in_child(|| i32::from(os::map(PAGE, flags) != here));
    checks.equal("a child has its parent's layout", status, Ok(ExitStatus::Exited(0)));
}

/// What so many runs of this program tell, each begun with this personality.
fn places(checks: &mut Checks, persona: u64) -> [[u64; PARTS]; RUNS] {
    let mut places = [[0; PARTS]; RUNS];
    for place in &mut places {
        let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::CLOSE_ON_EXEC));
        let child = os::start_child(|| {
            os::ignore(call(Sysno::Personality, [persona]));
            os::ignore(os::duplicate(to, 1, 0));
            let own = start::own_path();
            os::execute(own, &[own, c"addresses"], &[]) as i32
        });
        os::ignore(os::close(to));
        let bytes: &mut [u8] = zerocopy::IntoBytes::as_mut_bytes(place);
        let wanted = bytes.len();
        checks.equal("it tells them", os::read_full(from, bytes), Ok(wanted));
        os::ignore(os::close(from));
        checks.equal("and ends well", child.and_then(os::wait), Ok(ExitStatus::Exited(0)));
    }
    places
}

/// How many different places one of the parts had.
fn different(places: &[[u64; PARTS]], part: usize) -> usize {
    let is_new = |(index, place): &(usize, &[u64; PARTS])| {
        places[..*index].iter().all(|other| other[part] != place[part])
    };
    places.iter().enumerate().filter(is_new).count()
}
