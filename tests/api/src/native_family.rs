//! `user::region`: what children get, what processes have, how much anybody may have.

use crate::check::Checks;
use crate::children::{self, GOOD};
use crate::native::{READ_WRITE, errno, set, word};
use abi::Errno;
use abi::process::ExitStatus;
use abi::signal::Signal;
use user::process::{self, Pid};
use user::region::{
    self, Inheritance, Protection, QuotaScope, Region, View, excess, quota, set_quota,
};
use user::time::Duration;

const NAME: &str = "/api-native-family";
const LONG: Duration = Duration::from_secs(60);
const SEGV: Option<ExitStatus> = Some(ExitStatus::Signalled(Signal::SEGV as u8));

/// The checks.
pub fn run(checks: &mut Checks) {
    let _ = region::unlink(NAME);
    let made = Region::options().bytes(8192).create(NAME);
    let Some(region) = checks.value("a region", made) else { return };
    let Some(view) = checks.value("its view", region.map(READ_WRITE)) else { return };
    holdings(checks, &region, &view);
    inherited(checks, &region, &view);
    approved(checks, &region, &view);
    refused(checks, &region);
    quotas(checks);
    let _ = region::unlink(NAME);
}

fn holdings(checks: &mut Checks, region: &Region, view: &View) {
    let looks = |pid: Option<Pid>| {
        let handle = region::handles(pid).is_ok_and(|all| {
            let mut found = all.iter().filter(|it| it.name == NAME);
            found.any(|it| (it.length, it.inheritance) == (8192, Inheritance::Share))
        });
        let holding = region::views(pid).is_ok_and(|all| {
            let mut found = all.iter().filter(|it| it.name == NAME);
            found.any(|it| {
                let place = (it.start, it.offset, it.is_shared);
                place == (view.address() as u64, 0, true) && it.protection == READ_WRITE
            })
        });
        handle && holding
    };
    checks.that("one's own", looks(None));
    checks.equal("a child's parent's", children::run(|| looks(Some(process::parent()))), GOOD);
    let stranger = || errno(region::views(Some(process::parent()))) == Some(Errno::EPERM);
    checks.equal("not a stranger's", children::run_as(1000, 1000, stranger), GOOD);
    let fd = region.as_raw() as u32;
    let number = region::handles(None).map(|all| all.iter().any(|it| it.fd == fd));
    checks.equal("with its descriptor", number, Ok(true));
}

/// Sets what children get of both, and has one try.
fn child_with(
    of: (&Region, &View),
    inheritance: Inheritance,
    part: impl FnOnce() -> bool,
) -> Option<ExitStatus> {
    let (region, view) = of;
    let before = (region.set_inheritance(inheritance), view.set_inheritance(inheritance));
    let status = children::run(part);
    let after =
        (region.set_inheritance(Inheritance::Share), view.set_inheritance(Inheritance::Share));
    let as_said = before == (Ok(Inheritance::Share), Ok(Inheritance::Share));
    (as_said && after == (Ok(inheritance), Ok(inheritance))).then_some(status).flatten()
}

fn inherited(checks: &mut Checks, region: &Region, view: &View) {
    let both = (region, view);
    set(view, 0, 10);
    let child = child_with(both, Inheritance::Share, || set(view, 0, 11));
    checks.equal("a child shares", (child, word(view, 0)), (GOOD, 11));
    let child = child_with(both, Inheritance::ShareReadOnly, || {
        word(view, 0) == 11 && region.write(0, b"x").is_err() && region.map(READ_WRITE).is_err()
    });
    checks.equal("a child reads", child, GOOD);
    let child = child_with(both, Inheritance::ShareReadOnly, || set(view, 0, 12));
    checks.equal("and does not write", child, SEGV);
    let child = child_with(both, Inheritance::Copy, || word(view, 0) == 11 && set(view, 0, 12));
    checks.equal("a child has a copy", (child, word(view, 0)), (GOOD, 11));
    let child = child_with(both, Inheritance::None, || {
        errno(region.length()) == Some(Errno::EBADF) && word(view, 0) == 0
    });
    checks.equal("a child has nothing", child, SEGV);
    let child =
        child_with(both, Inheritance::Ask, || errno(region.length()) == Some(Errno::EACCES));
    checks.equal("a child asks", child, GOOD);
}

/// Lets a child go on once its parent has decided.
fn decided(
    checks: &mut Checks,
    of: (&Region, &View),
    decide: impl FnOnce(Pid) -> user::Result<()>,
    part: impl FnOnce() -> bool,
) -> Option<ExitStatus> {
    let (region, view) = of;
    let gate = Region::options().bytes(1).anonymous().expect("a gate for the test itself");
    let _ = (region.set_inheritance(Inheritance::Ask), view.set_inheritance(Inheritance::Ask));
    let child = children::start(|| gate.wait_change(0, Some(LONG)).is_ok() && part());
    let outcome = decide(child.unwrap_or(Pid(0)));
    checks.equal("the parent decides", outcome, Ok(()));
    let _ = gate.notify(0, 0);
    let status = children::end(child);
    let _ = (region.set_inheritance(Inheritance::Share), view.set_inheritance(Inheritance::Share));
    status
}

fn approved(checks: &mut Checks, region: &Region, view: &View) {
    let both = (region, view);
    let allow = |rights| move |child| region.approve(child, rights);
    let child =
        decided(checks, both, allow(READ_WRITE), || region.length() == Ok(8192) && set(view, 4, 5));
    checks.equal("a child with all rights", (child, word(view, 4)), (GOOD, 5));
    let child = decided(checks, both, allow(Protection::READ), || {
        word(view, 4) == 5 && region.write(0, b"x").is_err()
    });
    checks.equal("a child that reads", child, GOOD);
    let child = decided(checks, both, allow(Protection::READ), || set(view, 4, 6));
    checks.equal("cannot write", (child, word(view, 4)), (SEGV, 5));
    let deny = |child| region.deny(child);
    let child = decided(checks, both, deny, || errno(region.length()) == Some(Errno::EBADF));
    checks.equal("a child that is denied has no handle", child, GOOD);
    let child = decided(checks, both, deny, || word(view, 4) == 5);
    checks.equal("nor a view", child, SEGV);
}

fn refused(checks: &mut Checks, region: &Region) {
    let own = region.approve(process::id(), READ_WRITE);
    checks.equal("a process that is no child is ESRCH", errno(own), Some(Errno::ESRCH));
    let gate = Region::options().bytes(1).anonymous().expect("a gate for the test itself");
    let child = children::start(|| gate.wait_change(0, Some(LONG)).is_ok());
    let nothing = region.approve(child.unwrap_or(Pid(0)), READ_WRITE);
    let _ = gate.notify(0, 0);
    checks.equal("a child that asks nothing is ENOENT", errno(nothing), Some(Errno::ENOENT));
    checks.equal("and ends", children::end(child), GOOD);
}

fn quotas(checks: &mut Checks) {
    let before = quota(QuotaScope::User, 1234).map(|it| (it.limit, it.used));
    checks.equal("a user's quota", before, Ok((Some(16_384), 0)));
    checks.that("another", set_quota(QuotaScope::User, 1234, Some(2)).is_ok());
    let child = children::run_as(1234, 1234, || {
        let two = Region::options().bytes(8192).anonymous();
        let used = quota(QuotaScope::User, 1234).map(|it| (it.limit, it.used));
        let more = Region::options().bytes(1).create("/api-native-more");
        let own = set_quota(QuotaScope::User, 1234, None);
        two.is_ok()
            && used == Ok((Some(2), 2))
            && errno(more) == Some(Errno::EDQUOT)
            && errno(own) == Some(Errno::EPERM)
    });
    checks.equal("bounds him", child, GOOD);
    checks.equal("with nothing half made", region::exists("/api-native-more"), Ok(false));
    let after = quota(QuotaScope::User, 1234).map(|it| (it.limit, it.used));
    checks.equal("and all is given back", after, Ok((Some(2), 0)));
    let restored = set_quota(QuotaScope::User, 1234, Some(16_384)).map(|it| it.limit);
    checks.equal("setting tells what it was", restored, Ok(Some(2)));
    let ten = set_quota(QuotaScope::Region, 0, Some(10)).map(|it| it.limit);
    checks.equal("no region had a limit", ten, Ok(None));
    let eleven = Region::options().bytes(10 * 4096 + 1).anonymous();
    checks.equal("ten pages are no eleven", errno(eleven), Some(Errno::EDQUOT));
    let why = excess(10 * 4096 + 1, 0);
    checks.that("which is told in pages", why.contains("11 pages") && why.contains("10 of 10"));
    checks.that("no limit again", set_quota(QuotaScope::Region, 0, None).is_ok());
}
