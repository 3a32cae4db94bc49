//! All four cores run user programs.

use crate::{Checks, os};

/// The checks.
pub fn run(checks: &mut Checks) {
    let cores = os::system_info().map_or(0, |system| system.cores);
    checks.equal("the kernel counts four cores", cores, 4);
    let children: [u64; 8] = core::array::from_fn(|_| {
        os::start_child(|| {
            loop {
                core::hint::spin_loop();
            }
        })
        .unwrap_or(0)
    });
    let mut seen = 0_u32;
    let all = os::until(10 * os::SECOND, || {
        os::for_each_process(|process| {
            let is_child = children.contains(&process.pid.into());
            if is_child && process.cpu_time > 0 {
                seen |= 1 << (process.core & 31);
            }
        });
        seen.count_ones() >= 4
    });
    checks.that("busy processes are seen on four cores", all);
    checks.equal("there is no fifth core", seen & !0xF, 0);
    for child in children {
        checks.that("a busy process can be killed", os::end(child).is_ok());
    }
    checks.equal("all are waited for", os::wait_for_all(), 8);
}
