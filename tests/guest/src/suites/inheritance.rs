//! What children get of descriptors and views of regions, and the parent's approval.

use crate::os::{PAGE, READ_WRITE};
use crate::{Checks, frames, os, touch};
use abi::file::OpenFlags;
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::Inheritance;
use abi::signal::Signal;
use abi::{Errno, Sysno};
use core::ffi::CStr;

const NAME: &CStr = c"/dev/shm/guest-inheritance";
const PAGES: u64 = 600;
const FINE: os::Answer<ExitStatus> = Ok(ExitStatus::Exited(0));

/// A region with a view of it, the first bytes of which are 10, and a word that parent and child
/// share.
struct Family {
    region: i32,
    view: u64,
    word: u64,
}

impl Family {
    fn new(policy: Inheritance) -> Self {
        let region = os::create(NAME, 0o600).expect("a region for the test itself");
        os::set_length(region, PAGES * PAGE).expect("a length for the test itself");
        let view = os::map_file(region, PAGES * PAGE, READ_WRITE, MapFlags::SHARED);
        let view = view.expect("a view for the test itself");
        touch::store(view, 10);
        touch::store(view + 599 * PAGE, 11);
        os::ignore(os::inherit_view(view, policy));
        os::ignore(os::inherit_handle(region, policy));
        Self { region, view, word: os::map(PAGE, os::COMMON) }
    }

    /// Runs work in a child once the parent has decided.
    fn after_decision(
        &self,
        decide: impl FnOnce(u64) -> os::Answer,
        work: impl FnOnce() -> i32,
    ) -> (os::Answer, os::Answer<ExitStatus>) {
        let child = os::start_child(|| {
            if !os::until(20 * os::SECOND, || touch::load_word(self.word) == 1) {
                return 99;
            }
            work()
        });
        let Ok(child) = child else { return (child, Ok(ExitStatus::Exited(98))) };
        let decided = decide(child);
        touch::store_word(self.word, 1);
        (decided, os::wait(child))
    }

    fn end(self) {
        let Self { region, view, word } = self;
        os::ignore(os::unmap(view, PAGES * PAGE));
        os::ignore(os::unmap(word, PAGE));
        os::ignore(os::close(region).and(os::unlink(NAME)));
    }
}

fn dies_by(signal: Signal) -> os::Answer<ExitStatus> {
    Ok(ExitStatus::Signalled(signal as u8))
}

fn in_silent_child(work: impl FnOnce() -> i32) -> os::Answer<ExitStatus> {
    os::in_child(|| {
        os::silence();
        work()
    })
}

/// The checks.
pub fn run(checks: &mut Checks) {
    refusals(checks);
    shared(checks);
    read_only(checks);
    copied(checks);
    nothing(checks);
    asked(checks);
    approvals_refused(checks);
    frames::unchanged(checks, "no policy leaks", || {
        for policy in 0..5 {
            let family = Family::new(Inheritance::from_number(policy).unwrap_or_default());
            os::ignore(in_silent_child(|| {
                touch::store(family.view, 12);
                0
            }));
            family.end();
        }
    });
}

fn refusals(checks: &mut Checks) {
    let family = Family::new(Inheritance::Share);
    let (region, view) = (os::fd(family.region), family.view);
    let unknown = os::call(Sysno::RegionInheritHandle, [region, 5]);
    checks.equal("an unknown policy of a handle is EINVAL", unknown, Err(Errno::EINVAL));
    let unknown = os::call(Sysno::RegionInheritView, [view, 5]);
    checks.equal("an unknown policy of a view is EINVAL", unknown, Err(Errno::EINVAL));
    let none = os::inherit_handle(77, Inheritance::None);
    checks.equal("no descriptor is EBADF", none, Err(Errno::EBADF));
    let ends = os::pipe(OpenFlags::empty()).unwrap_or([-1; 2]);
    let pipe = os::inherit_handle(ends[0], Inheritance::None);
    checks.equal("a pipe is ENODEV", pipe, Err(Errno::ENODEV));
    os::close_all(ends);
    let private = os::map(PAGE, os::ANONYMOUS);
    let refused = os::inherit_view(private, Inheritance::None);
    checks.equal("private memory is EINVAL", refused, Err(Errno::EINVAL));
    os::ignore(os::unmap(private, PAGE));
    let nothing = os::inherit_view(private, Inheritance::None);
    checks.equal("where nothing is mapped it is EFAULT", nothing, Err(Errno::EFAULT));
    let before = os::inherit_view(view + PAGE, Inheritance::Copy);
    checks.equal("it begins as Share", before, Ok(Inheritance::Share as u64));
    let before = os::inherit_view(view, Inheritance::Share);
    checks.equal("a view has one policy throughout", before, Ok(Inheritance::Copy as u64));
    os::ignore(os::inherit_handle(family.region, Inheritance::None));
    let copy = os::call(Sysno::Dup, [region]).map_or(-1, |fd| fd as i32);
    let before = os::inherit_handle(copy, Inheritance::Share);
    checks.equal("a duplicate begins as Share", before, Ok(Inheritance::Share as u64));
    os::ignore(os::close(copy));
    family.end();
}

fn shared(checks: &mut Checks) {
    let family = Family::new(Inheritance::Share);
    let child = os::in_child(|| {
        touch::store(family.view, 12);
        i32::from(os::set_length(family.region, PAGES * PAGE).is_err())
    });
    checks.equal("what is shared can be written", child, FINE);
    checks.equal("and is the same", touch::load(family.view), 12);
    family.end();
}

fn read_only(checks: &mut Checks) {
    let family = Family::new(Inheritance::ShareReadOnly);
    let (region, view) = (family.region, family.view);
    let child = os::in_child(|| {
        let sees = touch::load(view) == 10 && touch::load(view + 599 * PAGE) == 11;
        let protect = os::protect(view, PAGE, READ_WRITE) == Err(Errno::EACCES);
        let again = os::map_file(region, PAGE, READ_WRITE, MapFlags::SHARED);
        let write = os::write(region, b"x") == Err(Errno::EBADF);
        i32::from(!(sees && protect && write && again == Err(Errno::EACCES)))
    });
    checks.equal("a reader sees and can never write", child, FINE);
    let stores = in_silent_child(|| {
        touch::store(view + 599 * PAGE, 1);
        0
    });
    checks.equal("a reader's store is SIGSEGV", stores, dies_by(Signal::SEGV));
    touch::store(view, 13);
    checks.equal("the parent goes on writing", touch::load(view), 13);
    family.end();
}

fn copied(checks: &mut Checks) {
    let family = Family::new(Inheritance::Copy);
    let view = family.view;
    let (decided, child) = family.after_decision(
        |_| {
            touch::store(view, 20);
            Ok(0)
        },
        || {
            let as_of_fork = touch::load(view) == 10 && touch::load(view + 599 * PAGE) == 11;
            touch::store(view, 30);
            i32::from(!(as_of_fork && touch::load(view + PAGE) == 0))
        },
    );
    checks.equal("the parent stores after the fork", decided, Ok(0));
    checks.equal("a copy is as of the fork", child, FINE);
    checks.equal("its stores are its own", touch::load(view), 20);
    family.end();
}

fn nothing(checks: &mut Checks) {
    let family = Family::new(Inheritance::None);
    let child = os::in_child(|| i32::from(os::stat(family.region).err() != Some(Errno::EBADF)));
    checks.equal("no handle is inherited", child, FINE);
    let child = in_silent_child(|| {
        touch::probe(family.view);
        0
    });
    checks.equal("no view is inherited", child, dies_by(Signal::SEGV));
    family.end();
}

fn asked(checks: &mut Checks) {
    let family = Family::new(Inheritance::Ask);
    let (region, view) = (family.region, family.view);
    let child = os::in_child(|| {
        let stat = os::stat(region).err() == Some(Errno::EACCES);
        let copy = os::call(Sysno::Dup, [os::fd(region)]) == Err(Errno::EACCES);
        let protect = os::protect(view, PAGE, Protection::READ) == Err(Errno::EACCES);
        i32::from(!(stat && copy && protect && os::close(region).is_ok()))
    });
    checks.equal("before approval every use is EACCES", child, FINE);
    let child = in_silent_child(|| {
        touch::probe(view);
        0
    });
    checks.equal("and a touch is SIGSEGV", child, dies_by(Signal::SEGV));
    let (decided, child) = family.after_decision(
        |child| os::approve(child, region, READ_WRITE),
        || {
            touch::store(view + 8, touch::load(view) + 1);
            i32::from(os::stat(region).is_err())
        },
    );
    checks.equal("all is approved", decided, Ok(0));
    checks.equal("a child with all rights uses it", (child, touch::load(view + 8)), (FINE, 11));
    touch::store_word(family.word, 0);
    let (decided, child) = family.after_decision(
        |child| os::approve(child, region, Protection::READ),
        || {
            let reads = touch::load(view + 599 * PAGE) == 11 && os::stat(region).is_ok();
            let write = os::write(region, b"x") == Err(Errno::EBADF);
            let protect = os::protect(view, PAGE, READ_WRITE) == Err(Errno::EACCES);
            i32::from(!(reads && write && protect))
        },
    );
    checks.equal("reading is approved", (decided, child), (Ok(0), FINE));
    touch::store_word(family.word, 0);
    let (decided, child) = family.after_decision(
        |child| os::approve(child, region, Protection::empty()),
        || {
            let gone = os::stat(region).err() == Some(Errno::EBADF);
            let again = os::unmap(view, PAGE).is_ok();
            i32::from(!(gone && again))
        },
    );
    checks.equal("all is denied", (decided, child), (Ok(0), FINE));
    family.end();
}

fn approvals_refused(checks: &mut Checks) {
    let family = Family::new(Inheritance::Ask);
    let region = family.region;
    let own = os::approve(os::own_id(), region, READ_WRITE);
    checks.equal("a process that is no child is ESRCH", own, Err(Errno::ESRCH));
    let none = os::approve(999_999, region, READ_WRITE);
    checks.equal("no process is ESRCH", none, Err(Errno::ESRCH));
    let unknown = os::call(Sysno::RegionApprove, [os::own_id(), os::fd(region), 8]);
    checks.equal("an unknown right is EINVAL", unknown, Err(Errno::EINVAL));
    let none = os::approve(os::own_id(), 77, READ_WRITE);
    checks.equal("no descriptor is EBADF", none, Err(Errno::EBADF));
    let reader = checks.value("a reader", os::open_to_read(NAME));
    let mut answers = [Ok(0); 4];
    let (_, child) = family.after_decision(
        |child| {
            answers[0] = os::approve(child, reader, READ_WRITE);
            answers[1] = os::approve(child, reader, Protection::READ);
            answers[2] = os::approve(child, reader, Protection::READ);
            answers[3] = os::approve(child, region, READ_WRITE);
            Ok(0)
        },
        || i32::from(touch::load(family.view) != 10),
    );
    checks.equal("more than one's own is EACCES", answers[0], Err(Errno::EACCES));
    checks.equal("as much is approved", (answers[1], child), (Ok(0), FINE));
    checks.equal("nothing more to decide is ENOENT", answers[2], Err(Errno::ENOENT));
    checks.equal("and cannot be widened", answers[3], Err(Errno::ENOENT));
    os::ignore(os::close(reader));
    family.end();
}
