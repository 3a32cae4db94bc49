//! Linux's calls beyond what POSIX has: from their arguments to the files that have them.

use super::arguments::Arguments;
use super::{
    barrier, file_system, many_messages, open_how, process_file, process_memory, remap, splice,
};
use abi::{Errno, Sysno};

/// Carries out one of these calls.
pub fn dispatch(call: Sysno, a: Arguments<'_>) -> Result<u64, Errno> {
    match call {
        Sysno::Signalfd4 => process_file::signalfd4(a.fd(0), a.address(1), a.u64(2), a.u32(3)),
        Sysno::Vmsplice => splice::vmsplice(a.fd(0), a.address(1), a.u64(2), a.u32(3)),
        Sysno::Tee => splice::tee(a.fd(0), a.fd(1), a.size(2), a.u32(3)),
        Sysno::Splice => {
            let sides = ((a.fd(0), a.address(1)), (a.fd(2), a.address(3)));
            splice::splice(sides.0, sides.1, a.size(4), a.u32(5))
        }
        Sysno::SyncFileRange => {
            file_system::sync_file_range(a.fd(0), a.u64(1) as i64, a.u64(2) as i64, a.u32(3))
        }
        Sysno::Recvmmsg => {
            many_messages::recvmmsg(a.fd(0), a.address(1), a.u32(2), a.u32(3), a.address(4))
        }
        Sysno::Sendmmsg => many_messages::sendmmsg(a.fd(0), a.address(1), a.u32(2), a.u32(3)),
        Sysno::ProcessVmReadv | Sysno::ProcessVmWritev => {
            let direction = match call {
                Sysno::ProcessVmReadv => process_memory::Direction::Read,
                _ => process_memory::Direction::Write,
            };
            let (own, others) = ((a.address(1), a.u64(2)), (a.address(3), a.u64(4)));
            process_memory::transfer(a.u32(0), own, others, a.u64(5), direction)
        }
        Sysno::Mremap => remap::mremap(a.address(0), a.size(1), a.size(2), a.u32(3), a.address(4)),
        Sysno::Membarrier => barrier::membarrier(a.u32(0), a.u32(1)),
        Sysno::PidfdSendSignal => {
            process_file::pidfd_send_signal(a.fd(0), a.u32(1), a.address(2), a.u32(3))
        }
        Sysno::PidfdOpen => process_file::pidfd_open(a.u32(0), a.u32(1)),
        Sysno::PidfdGetfd => process_file::pidfd_getfd(a.fd(0), a.fd(1), a.u32(2)),
        Sysno::Openat2 => open_how::openat2(a.fd(0), a.address(1), a.address(2), a.size(3)),
        _ => Err(Errno::ENOSYS),
    }
}
