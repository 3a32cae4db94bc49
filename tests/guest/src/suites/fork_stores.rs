//! The kernel's own stores break copy-on-write, as the program's do.

use crate::{Checks, os, touch};
use abi::file::OpenFlags;
use abi::process::ExitStatus;
use abi::{Errno, Sysno};

/// What a page holds before the fork.
const BEFORE: u64 = 0x5555_5555_5555_5555;

type Store = (&'static str, fn(u64) -> Result<u64, Errno>);

/// Ways to make the kernel, or one unusual instruction, store at an address.
const STORES: &[Store] = &[
    ("read", read),
    ("pipe2", |page| os::call(Sysno::Pipe2, [page, 0])),
    ("fstat", |page| os::call(Sysno::Fstat, [1, page])),
    ("wait4", wait),
    ("clock_gettime", |page| os::call(Sysno::ClockGettime, [1, page])),
    ("getcwd", |page| os::call(Sysno::Getcwd, [page, 64])),
    ("getrandom", |page| os::call(Sysno::Getrandom, [page, 16, 0])),
    ("uname", |page| os::call(Sysno::Uname, [page])),
    ("rt_sigaction", |page| os::call(Sysno::RtSigaction, [10, 0, page, 8])),
    ("atomic_add", |page| Ok(touch::add(page, 1))),
    ("zero_block", zero_block),
];

/// The checks.
pub fn run(checks: &mut Checks) {
    for (name, store) in STORES {
        let page = os::map(os::PAGE, os::ANONYMOUS);
        touch::store(page, BEFORE);
        touch::store(page + 8, BEFORE);
        let status = os::in_child(|| match store(page) {
            Ok(_) => i32::from(touch::load(page) == BEFORE),
            Err(error) => error as i32,
        });
        checks.equal(name, status, Ok(ExitStatus::Exited(0)));
        let kept = (touch::load(page), touch::load(page + 8));
        checks.equal("the parent's page is untouched", kept, (BEFORE, BEFORE));
        let _ = os::unmap(page, os::PAGE);
        let fresh = os::map(os::PAGE, os::ANONYMOUS);
        checks.that("the kernel fills a page that was never touched", store(fresh).is_ok());
        let _ = os::unmap(fresh, os::PAGE);
    }
    close_pipes(checks);
    read_only(checks);
}

fn read(page: u64) -> Result<u64, Errno> {
    let [from, to] = os::pipe(OpenFlags::empty())?;
    os::write(to, b"12345678")?;
    let answer = os::call(Sysno::Read, [os::fd(from), page, 8]);
    os::close(from)?;
    os::close(to)?;
    answer
}

fn wait(page: u64) -> Result<u64, Errno> {
    let child = os::start_child(|| 3)?;
    os::call(Sysno::Wait4, [child, page, 0, 0])
}

fn zero_block(page: u64) -> Result<u64, Errno> {
    touch::zero_block(page);
    Ok(0)
}

/// The stores above by pipe2 leave descriptors in this process.
fn close_pipes(checks: &mut Checks) {
    let open = (3..16).filter(|fd| os::close(*fd).is_ok()).count();
    checks.equal("one pipe was made here", open, 2);
}

fn read_only(checks: &mut Checks) {
    let page = os::map(os::PAGE, os::ANONYMOUS);
    touch::store(page, BEFORE);
    let protected = os::protect(page, os::PAGE, abi::memory::Protection::READ);
    checks.that("the page is made read-only", protected.is_ok());
    for (name, store) in &STORES[..5] {
        let answer = store(page);
        checks.equal(name, answer, Err(Errno::EFAULT));
    }
    checks.equal("a read-only page is not changed", touch::load(page), BEFORE);
    os::close_all(3..16);
    os::wait_for_all();
    let _ = os::unmap(page, os::PAGE);
}
