//! The machine's names, capabilities and personalities, as Linux programs ask for them.

use crate::{Checks, os};
use abi::capability::{ALL, CapabilityData, CapabilityHeader, VERSION_1, VERSION_2, VERSION_3};
use abi::process::ExitStatus;
use abi::system::SystemName;
use abi::{Errno, Sysno};
use os::call;
use zerocopy::{FromZeros, IntoBytes};

const GOOD: os::Answer<ExitStatus> = Ok(ExitStatus::Exited(0));
const BAD: u64 = 8;
/// Programs lie where they do for everybody who asks for this (personality(2)).
const ADDR_NO_RANDOMIZE: u64 = 0x0004_0000;

/// The checks.
pub fn run(checks: &mut Checks) {
    names(checks);
    capabilities(checks);
    others_capabilities(checks);
    let persona = |number: u64| call(Sysno::Personality, [number]);
    checks.equal("the personality is Linux's", persona(0xFFFF_FFFF), Ok(0));
    checks.equal("and can be set to that", persona(0), Ok(0));
    checks.equal("or to one without chance", persona(ADDR_NO_RANDOMIZE), Ok(0));
    checks.equal("which is told", persona(0), Ok(ADDR_NO_RANDOMIZE));
    checks.equal("and to no other", persona(0x40_0000), Err(Errno::EINVAL));
}

fn told() -> SystemName {
    let mut name = SystemName::new_zeroed();
    os::ignore(call(Sysno::Uname, [name.as_mut_bytes().as_mut_ptr() as u64]));
    core::hint::black_box(name)
}

fn set(number: Sysno, name: &[u8]) -> os::Answer {
    call(number, [name.as_ptr() as u64, name.len() as u64])
}

fn names(checks: &mut Checks) {
    let before = told();
    let field = |name: &[u8]| {
        let mut field = [0; 65];
        field[..name.len()].copy_from_slice(name);
        field
    };
    for name in [&b"otter"[..], &[b'x'; 64], b"commons"] {
        checks.equal("the machine gets a name", set(Sysno::Sethostname, name), Ok(0));
        checks.that("which is told", told().node == field(name));
    }
    checks.equal("the domain too", set(Sysno::Setdomainname, b"example.org"), Ok(0));
    checks.that("which is told as well", told().domain == field(b"example.org"));
    checks.equal("and back", set(Sysno::Setdomainname, b"(none)"), Ok(0));
    checks.that("all is as before", told().as_bytes() == before.as_bytes());
    for number in [Sysno::Sethostname, Sysno::Setdomainname] {
        checks.equal("65 bytes are too many", set(number, &[b'x'; 65]), Err(Errno::EINVAL));
        let negative = call(number, [BAD, -1_i64 as u64]);
        checks.equal("and no length is negative", negative, Err(Errno::EINVAL));
        checks.equal("a bad pointer", call(number, [BAD, 5]), Err(Errno::EFAULT));
        let status = os::in_child(|| {
            os::ignore(os::become_user(1000, 1000));
            i32::from(set(number, b"mine") != Err(Errno::EPERM))
        });
        checks.equal("only root names", status, GOOD);
    }
}

type Records = [CapabilityData; 2];

fn get(version: u32, pid: i32) -> os::Answer<Records> {
    let mut header = CapabilityHeader { version, pid };
    let mut records = Records::default();
    let at = header.as_mut_bytes().as_mut_ptr() as u64;
    call(Sysno::Capget, [at, records.as_mut_bytes().as_mut_ptr() as u64])?;
    Ok(core::hint::black_box(records))
}

fn put(pid: i32, records: Records) -> os::Answer {
    let header = CapabilityHeader { version: VERSION_3, pid };
    let at = header.as_bytes().as_ptr() as u64;
    call(Sysno::Capset, [at, records.as_bytes().as_ptr() as u64])
}

/// What root has: a half each.
fn all() -> Records {
    [0, 32].map(|shift| {
        let half = (ALL >> shift) as u32;
        CapabilityData { effective: half, permitted: half, inheritable: 0 }
    })
}

fn capabilities(checks: &mut Checks) {
    let own = os::own_id() as i32;
    for version in [VERSION_2, VERSION_3] {
        checks.equal("root has all", get(version, 0), Ok(all()));
        checks.equal("by its number too", get(version, own), Ok(all()));
    }
    let first = [all()[0], CapabilityData::default()];
    checks.equal("an old program gets one half", get(VERSION_1, 0), Ok(first));
    checks.equal("nobody has this number", get(VERSION_3, 4_000_000), Err(Errno::ESRCH));
    checks.equal("nor a negative one", get(VERSION_3, -1), Err(Errno::EINVAL));
    let mut header = CapabilityHeader { version: 1, pid: 0 };
    let at = header.as_mut_bytes().as_mut_ptr() as u64;
    checks.equal("the version is asked for", call(Sysno::Capget, [at, 0]), Ok(0));
    checks.equal("and told", core::hint::black_box(header).version, VERSION_3);
    let mut header = CapabilityHeader { version: 1, pid: 0 };
    let at = header.as_mut_bytes().as_mut_ptr() as u64;
    let records = Records::default();
    let data = records.as_bytes().as_ptr() as u64;
    checks.equal("not with data", call(Sysno::Capget, [at, data]), Err(Errno::EINVAL));
    checks.equal("a bad pointer", call(Sysno::Capget, [BAD, 0]), Err(Errno::EFAULT));
    checks.equal("all may be set by who has all", put(0, all()), Ok(0));
    checks.equal("nothing is given up for show", put(0, records), Err(Errno::EPERM));
    checks.equal("nor for another", put(1, all()), Err(Errno::EPERM));
    checks.equal("and root still has all", get(VERSION_3, 0), Ok(all()));
}

fn others_capabilities(checks: &mut Checks) {
    let status = os::in_child(|| {
        os::ignore(os::become_user(1000, 1000));
        let none = Records::default();
        let answers = [get(VERSION_3, 0) == Ok(none), put(0, none) == Ok(0)];
        let refused = put(0, all()) == Err(Errno::EPERM);
        let roots = get(VERSION_3, 1) == Ok(all());
        i32::from(answers != [true; 2] || !refused || !roots)
    });
    checks.equal("others have none", status, GOOD);
}
