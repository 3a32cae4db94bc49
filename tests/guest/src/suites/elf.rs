//! Corrupted programs: exec refuses them, or they fail by themselves; the kernel goes on.

use crate::os::MILLISECOND;
use crate::random::Random;
use crate::{Checks, frames, os, start};
use abi::file::OpenFlags;
use abi::process::ExitStatus;
use abi::{Errno, Sysno};
use core::ffi::CStr;

const COPY: &CStr = c"/tmp/hostile";
/// The part of the file that is corrupted: file header and program headers.
const HEAD: usize = 512;
/// Random corruptions of each run.
const ROUNDS: u64 = 400;
/// How long a corrupted program may run before it is killed.
const PATIENCE: u64 = 100 * MILLISECOND;
/// The status of a child whose exec was refused with ENOEXEC.
const REFUSED: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(Errno::ENOEXEC as u8));

/// A good program's head; the whole program is in the file that is being corrupted.
struct Victim {
    head: [u8; HEAD],
}

impl Victim {
    fn new() -> os::Answer<Self> {
        let from = os::open_to_read(start::own_path())?;
        let to = os::create(COPY, 0o755)?;
        let mut buffer = [0; 4096];
        let mut head = [0; HEAD];
        let mut is_first = true;
        loop {
            let part = os::read_full(from, &mut buffer)?;
            if is_first {
                head.copy_from_slice(&buffer[..HEAD]);
            }
            if part == 0 {
                break;
            }
            os::write(to, &buffer[..part])?;
            is_first = false;
        }
        os::close(from)?;
        os::close(to)?;
        Ok(Self { head })
    }

    /// Writes a head into the file and runs it.
    fn run_with(&self, head: &[u8; HEAD]) -> os::Answer<ExitStatus> {
        let file = os::open(COPY, OpenFlags::READ_WRITE, 0)?;
        os::write(file, head)?;
        os::close(file)?;
        run_copy()
    }

    /// Runs it with some bytes of the head replaced.
    fn run_patched(&self, at: usize, bytes: &[u8]) -> os::Answer<ExitStatus> {
        let mut head = self.head;
        head[at..at + bytes.len()].copy_from_slice(bytes);
        self.run_with(&head)
    }
}

/// Runs the copy in a child that may kill nobody else, wherever in the program it begins.
fn run_copy() -> os::Answer<ExitStatus> {
    let child = os::start_child(|| {
        os::silence();
        if os::call(Sysno::Setsid, []).is_err() || os::call(Sysno::Setuid, [1000]).is_err() {
            return 1;
        }
        os::execute(COPY, &[COPY, c"words"], &[]) as i32
    })?;
    os::wait_or_kill(child, PATIENCE)
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let Ok(victim) = Victim::new() else {
        checks.that("the program can be copied", false);
        return;
    };
    let good = Ok(ExitStatus::Exited(0));
    checks.equal("the copy runs while it is good", victim.run_with(&victim.head), good);
    header(checks, &victim);
    segments(checks, &victim);
    truncated(checks, &victim);
    let mut random = Random::new(0xE1F);
    frames::unchanged(checks, "hundreds of corrupted programs leak nothing", || {
        (0..ROUNDS / 2).for_each(|_| corrupt(&victim, &mut random));
    });
    checks.equal("a good program still runs", victim.run_with(&victim.head), good);
    let _ = os::unlink(COPY);
}

/// Replaces a few bytes, words or bits at random; whatever happens is the program's own affair.
fn corrupt(victim: &Victim, random: &mut Random) {
    let mut head = victim.head;
    for _ in 0..=random.below(4) {
        let at = random.below(64 + 3 * 56) as usize;
        match random.below(3) {
            0 => head[at] = random.number() as u8,
            1 => head[at] ^= 1 << random.below(8),
            _ => {
                let values = [0, 1, 0xFFF, 0x1000, 1 << 31, 1 << 38, 1 << 63, u64::MAX, !0xFFF];
                let value = random.pick(&values).to_le_bytes();
                head[at & !7..(at & !7) + 8].copy_from_slice(&value);
            }
        }
    }
    let _ = victim.run_with(&head);
}

fn header(checks: &mut Checks, victim: &Victim) {
    let cases: [(&str, usize, &[u8]); 9] = [
        ("no magic", 0, b"\x7fELG"),
        ("32 bits", 4, &[1]),
        ("big end first", 5, &[2]),
        ("a relocatable file", 16, &[1, 0]),
        ("a core file", 16, &[4, 0]),
        ("another machine", 18, &[62, 0]),
        ("no program headers", 56, &[0, 0]),
        ("headers of a wrong size", 54, &[55, 0]),
        ("headers far outside", 32, &[0xFF; 8]),
    ];
    for (name, at, bytes) in cases {
        checks.equal(name, victim.run_patched(at, bytes), REFUSED);
    }
    // As many headers as the field can hold reach past the part that any kernel reads.
    let many = victim.run_patched(56, &[0xFF, 0xFF]);
    checks.that("65535 headers do not run", many != Ok(ExitStatus::Exited(0)));
    let nowhere = victim.run_patched(24, &[0; 8]);
    checks.that("an entry at 0 does not run", nowhere != Ok(ExitStatus::Exited(0)));
    let kernel = victim.run_patched(24, &0xFFFF_FF80_0008_0000_u64.to_le_bytes());
    checks.that("an entry in the kernel does not run", kernel != Ok(ExitStatus::Exited(0)));
}

fn segments(checks: &mut Checks, victim: &Victim) {
    let loads =
        |index: &usize| victim.head[64 + index * 56] == 1 && victim.head[65 + index * 56] == 0;
    let Some(segment) = (0..4).find(loads).map(|index| 64 + index * 56) else {
        checks.that("there is a segment to corrupt", false);
        return;
    };
    let (offset, address, file_size, memory_size) =
        (segment + 8, segment + 16, segment + 32, segment + 40);
    let cases: [(&str, usize, u64); 12] = [
        ("a segment in the kernel", address, 0xFFFF_FF80_0008_0000),
        ("a segment beyond the program's half", address, 1 << 40),
        ("a segment that wraps around", address, u64::MAX - 0xFFF),
        ("a segment at the last page", address, (1 << 39) - 0x1000),
        ("an offset that does not fit the address", offset, 8),
        ("an offset behind the file", offset, 1 << 40),
        ("an offset that wraps around", offset, !0xFFF),
        ("more in the file than the file has", file_size, 1 << 40),
        ("all that a number can say in the file", file_size, u64::MAX),
        ("less in memory than in the file", memory_size, 1),
        ("more in memory than there is", memory_size, 1 << 50),
        ("all that a number can say in memory", memory_size, u64::MAX),
    ];
    for (name, at, value) in cases {
        let ended = victim.run_patched(at, &value.to_le_bytes());
        checks.that(name, ended.is_ok_and(|status| status != ExitStatus::Exited(0)));
    }
    let interpreter = victim.run_patched(segment, &[3, 0, 0, 0]);
    checks.that(
        "an interpreter is refused",
        interpreter.is_ok_and(|status| status != ExitStatus::Exited(0)),
    );
}

fn truncated(checks: &mut Checks, victim: &Victim) {
    let _ = victim.run_with(&victim.head);
    let mut survived = 0;
    let lengths = [16_384, 4096, 400, 120, 65, 64, 63, 32, 16, 4, 3, 1, 0];
    for length in lengths {
        let file = os::open(COPY, OpenFlags::READ_WRITE, 0).unwrap_or(-1);
        let _ = (os::set_length(file, length), os::close(file));
        let ended = run_copy();
        let refused = ended.is_ok_and(|status| status != ExitStatus::Exited(0));
        survived += u32::from(refused);
    }
    checks.equal("a program cut short does not run", survived as usize, lengths.len());
    let _ = os::unlink(COPY);
    checks.that("the program can be copied again", Victim::new().is_ok());
}
