//! Quotas, and memory that is set aside when it is promised.

use crate::os::{PAGE, READ_WRITE};
use crate::{Checks, os, touch};
use abi::Errno;
use abi::process::ExitStatus;
use abi::region::{QuotaScope, RegionFlags, UNLIMITED};

const NAME: &[u8] = b"/quota-test";
const PLAIN: RegionFlags = RegionFlags::empty();
const USER: u64 = 4242;

fn make(pages: u64, flags: RegionFlags) -> os::Answer<i32> {
    os::region_create(b"", &os::request(pages * PAGE, flags))
}

fn user(work: impl FnOnce() -> i32) -> os::Answer<ExitStatus> {
    os::in_child(|| match os::become_user(USER, USER) {
        Ok(_) => work(),
        Err(_) => 100,
    })
}

/// The checks.
pub fn run(checks: &mut Checks) {
    of_a_region(checks);
    of_a_process(checks);
    of_a_user(checks);
    of_posix(checks);
    setting(checks);
    promises(checks);
}

fn of_a_region(checks: &mut Checks) {
    checks.equal("ten pages", os::set_quota(QuotaScope::Region, 0, 10), Ok(0));
    let ten = checks.value("ten fit", make(10, PLAIN));
    checks.equal("eleven do not", make(11, PLAIN), Err(Errno::EDQUOT));
    let grown = os::region_set_length(ten, 10 * PAGE + 1);
    checks.equal("nor by growth", grown, Err(Errno::EDQUOT));
    checks.equal("which leaves the length", os::region_stat(ten).length, 10 * PAGE);
    checks.equal("it is told", os::quota(QuotaScope::Region, 0), Ok((10, 10)));
    let refused = os::region_create(NAME, &os::request(11 * PAGE, PLAIN));
    checks.equal("nothing is half made", refused, Err(Errno::EDQUOT));
    checks.equal("no name either", os::region_open(NAME, PLAIN), Err(Errno::ENOENT));
    let _ = os::close(ten);
    checks.equal("unlimited again", os::set_quota(QuotaScope::Region, 0, UNLIMITED), Ok(0));
}

fn of_a_process(checks: &mut Checks) {
    let child = os::in_child(|| {
        let own = os::own_id();
        if os::set_quota(QuotaScope::Process, own, 8).is_err() {
            return 1;
        }
        let five = make(5, PLAIN);
        let refused = make(4, PLAIN) == Err(Errno::EDQUOT);
        let told = os::quota(QuotaScope::Process, 0) == Ok((8, 5));
        let closed = five.and_then(os::close).is_ok();
        let again = make(8, PLAIN).is_ok();
        i32::from(!(refused && told && closed && again)) * 2
    });
    checks.equal("a process has its own", child, Ok(ExitStatus::Exited(0)));
    let unknown = os::quota(QuotaScope::Process, 4_000_000);
    checks.equal("no process, no quota", unknown, Err(Errno::ESRCH));
}

fn of_a_user(checks: &mut Checks) {
    let (limit, used) = checks.value("told", os::quota(QuotaScope::User, USER));
    checks.equal("64 MiB unless set", (limit, used), (16_384, 0));
    let sparse = user(|| {
        let fits = make(16_384, RegionFlags::SPARSE);
        let refused = make(1, PLAIN) == Err(Errno::EDQUOT);
        let shared = os::map_at(0, PAGE, READ_WRITE, os::COMMON, (-1, 0));
        i32::from(!(fits.is_ok() && refused && shared == Err(Errno::ENOMEM)))
    });
    checks.equal("what is not touched counts", sparse, Ok(ExitStatus::Exited(0)));
    checks.equal("less for one user", os::set_quota(QuotaScope::User, USER, 4), Ok(0));
    let _ = os::region_unlink(NAME);
    let outlives = user(|| {
        let mut request = os::request(3 * PAGE, PLAIN);
        request.mode = 0o600;
        let kept = os::region_create(NAME, &request);
        i32::from(kept.is_err() || make(2, PLAIN) != Err(Errno::EDQUOT))
    });
    checks.equal("the user's sum counts", outlives, Ok(ExitStatus::Exited(0)));
    checks.equal("also after the process", os::quota(QuotaScope::User, USER), Ok((4, 3)));
    checks.equal("until the region goes", os::region_unlink(NAME), Ok(0));
    checks.equal("then nothing does", os::quota(QuotaScope::User, USER), Ok((4, 0)));
    let _ = os::set_quota(QuotaScope::User, USER, 16_384);
    let root = os::quota(QuotaScope::User, 0).map(|(limit, _)| limit);
    checks.equal("root has no limit", root, Ok(UNLIMITED));
}

fn of_posix(checks: &mut Checks) {
    let _ = os::set_quota(QuotaScope::Region, 0, 10);
    let file = checks.value("created", os::create(c"/dev/shm/quota-test", 0o600));
    checks.equal("ftruncate says ENOSPC", os::set_length(file, 11 * PAGE), Err(Errno::ENOSPC));
    let _ = os::seek(file, 10 * PAGE as i64, 0);
    checks.equal("write does", os::write(file, b"x"), Err(Errno::ENOSPC));
    checks.equal("ten pages fit", os::set_length(file, 10 * PAGE), Ok(0));
    let _ = os::seek(file, 10 * PAGE as i64 - 2, 0);
    checks.equal("a write fills what there is", os::write(file, b"four"), Ok(2));
    let _ = (os::close(file), os::unlink(c"/dev/shm/quota-test"));
    let memory = checks.value("memfd", os::memfd(0));
    checks.equal("a memfd counts", os::set_length(memory, 11 * PAGE), Err(Errno::ENOSPC));
    let _ = os::close(memory);
    let file = checks.value("a file", os::create(c"/tmp/quota-test", 0o600));
    checks.equal("a file does not", os::set_length(file, 11 * PAGE), Ok(0));
    let _ = (os::close(file), os::unlink(c"/tmp/quota-test"));
    let _ = os::set_quota(QuotaScope::Region, 0, UNLIMITED);
}

fn setting(checks: &mut Checks) {
    let refused = user(|| {
        let mine = os::set_quota(QuotaScope::User, USER, UNLIMITED);
        i32::from(mine != Err(Errno::EPERM) || os::quota(QuotaScope::Region, 0).is_err())
    });
    checks.equal("only root sets, all may look", refused, Ok(ExitStatus::Exited(0)));
    let odd = os::call(abi::Sysno::RegionQuota, [99, 0, 0, 0]);
    checks.equal("an unknown scope is EINVAL", odd, Err(Errno::EINVAL));
    let bad = os::call(abi::Sysno::RegionQuota, [0, 0, 8, 0]);
    checks.equal("a bad pointer is EFAULT", bad, Err(Errno::EFAULT));
}

fn promised() -> u64 {
    os::memory_info().map_or(0, |memory| memory.promised)
}

fn promises(checks: &mut Checks) {
    let before = promised();
    let free = os::memory_info().map_or(0, |memory| memory.free);
    checks.equal("more than there is fails at once", make(free, PLAIN), Err(Errno::ENOMEM));
    let file = checks.value("created", os::create(c"/dev/shm/quota-test", 0o600));
    let posix = os::set_length(file, free * PAGE);
    checks.equal("with ENOSPC as a file", posix, Err(Errno::ENOSPC));
    checks.equal("and no length", os::stat(file).map(|stat| stat.st_size), Ok(0));
    let _ = (os::close(file), os::unlink(c"/dev/shm/quota-test"));
    let sparse = make(free, RegionFlags::SPARSE);
    checks.that("a sparse one may", sparse.and_then(os::close).is_ok());
    checks.equal("nothing is set aside for all that", promised(), before);
    let pages = free - 4096;
    let region = checks.value("most of it", make(pages, PLAIN));
    let view = checks.value("mapped", os::region_map(region, READ_WRITE));
    checks.that("is set aside", promised() >= before + pages);
    let greedy = os::in_child(|| {
        os::silence();
        let own = os::map(8192 * PAGE, os::ANONYMOUS);
        (0..8192).for_each(|page| touch::store(own + page * PAGE, 1));
        0
    });
    let died = matches!(greedy, Ok(ExitStatus::Signalled(_)));
    checks.that("others cannot have what is promised", died);
    let touched = || (0..pages).step_by(64);
    touched().for_each(|page| touch::store(view + page * PAGE, page));
    let all = touched().all(|page| touch::load(view + page * PAGE) == page);
    checks.that("it is there when touched", all);
    checks.equal("a shrinking gives it back", os::region_set_length(region, PAGE), Ok(0));
    checks.equal("all of it", promised(), before);
    let _ = (os::region_unmap(view), os::close(region));
}
