//! System calls: from registers to the functions that do the work.
//!
//! `dispatch` is the only place that knows all calls; a call in `abi`'s table without an arm here
//! does not compile. One file holds the calls of one subject; each turns raw registers into
//! types, and nothing a program passes gets further unchecked.

mod alarm;
mod arguments;
mod barrier;
mod beyond;
mod capability;
mod copy_range;
mod event;
mod execveat;
mod fcntl;
mod file;
mod file_path;
mod file_system;
mod futex;
mod growth;
mod host;
mod identity;
mod ipc;
mod kernel_log;
mod many_messages;
mod memory;
mod message;
mod offer;
mod open_how;
mod poll;
mod process;
mod process_file;
mod process_memory;
mod region;
mod region_holdings;
mod region_sync;
mod restart;
mod scheduling;
mod select;
mod signal;
mod socket;
mod splice;
mod system;
mod thread;
mod time;
mod timer;
mod topic;
mod transfer;
mod unknown;
mod usage;
mod wait;

use crate::mm::frames;
use crate::process as processes;
use crate::process::signal::Interrupted;
use abi::process::ExitStatus;
use abi::{Errno, Sysno, encode};
use arch::trap::TrapFrame;
use arguments::Arguments;
use core::sync::atomic::{AtomicU64, Ordering};
use identity::{GROUPS, USERS};

/// System calls since boot.
pub static CALLS: AtomicU64 = AtomicU64::new(0);

/// Carries out the call that a program's registers ask for; tells if a signal has interrupted it.
pub fn handle(frame: &mut TrapFrame) -> Option<Interrupted> {
    CALLS.fetch_add(1, Ordering::Relaxed);
    let arguments = Arguments::of(frame);
    let outcome = match Sysno::from_number(frame.x[8]) {
        Some(call) if growth::makes_objects(call) && frames::check_heap_growth(0).is_err() => {
            Err(Errno::ENOMEM)
        }
        Some(Sysno::Clone) => process::clone(frame),
        Some(call @ (Sysno::Execve | Sysno::Execveat)) => match execveat::execute(call, frame) {
            Ok(fresh) => {
                *frame = fresh;
                return None;
            }
            Err(error) => Err(error),
        },
        Some(Sysno::RtSigreturn) => {
            signal::rt_sigreturn(frame);
            return None;
        }
        Some(Sysno::Sigaltstack) => {
            signal::sigaltstack(arguments.address(0), arguments.address(1), frame.sp)
        }
        Some(call) => dispatch(call, &arguments),
        None => unknown::refuse(frame.x[8]),
    };
    frame.x[0] = encode(outcome);
    let call = Sysno::from_number(frame.x[8]).filter(|_| outcome == Err(Errno::EINTR))?;
    Some(Interrupted { argument: arguments.u64(0), restart: restart::of(call, &arguments) })
}

#[allow(clippy::too_many_lines, reason = "one line per call: the table of calls")]
fn dispatch(call: Sysno, a: &Arguments) -> Result<u64, Errno> {
    match call {
        Sysno::Eventfd2 => event::eventfd2(a.u32(0), a.u32(1)),
        Sysno::EpollCreate1 => event::epoll_create1(a.u32(0)),
        Sysno::EpollCtl => event::epoll_ctl(a.fd(0), a.u32(1), a.fd(2), a.address(3)),
        Sysno::EpollPwait => {
            let room = event::Room { events: a.address(1), capacity: a.u32(2) as i32 };
            event::epoll_pwait(a.fd(0), room, a.u32(3) as i32, a.address(4), a.u64(5))
        }
        Sysno::EpollPwait2 => {
            let room = event::Room { events: a.address(1), capacity: a.u32(2) as i32 };
            event::epoll_pwait2(a.fd(0), room, a.address(3), a.address(4), a.u64(5))
        }
        Sysno::TimerfdCreate => event::timerfd_create(a.u32(0), a.u32(1)),
        Sysno::TimerfdSettime => {
            event::timerfd_settime(a.fd(0), a.u32(1), a.address(2), a.address(3))
        }
        Sysno::TimerfdGettime => event::timerfd_gettime(a.fd(0), a.address(1)),
        Sysno::Getcwd => file_path::getcwd(a.buffer(0, 1)),
        Sysno::Dup => file::dup(a.fd(0)),
        Sysno::Dup3 => file::dup3(a.fd(0), a.fd(1), a.u32(2)),
        Sysno::Fcntl => fcntl::fcntl(a.fd(0), a.u32(1), a.u64(2)),
        Sysno::Ioctl => fcntl::ioctl(a.fd(0), a.u32(1), a.address(2)),
        Sysno::Flock => fcntl::flock(a.fd(0), a.u32(1)),
        Sysno::Mknodat => file_path::mknodat(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Mkdirat => file_path::mkdirat(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Unlinkat => file_path::unlinkat(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Linkat => file_path::linkat(a.fd(0), a.address(1), a.fd(2), a.address(3), a.u32(4)),
        Sysno::Symlinkat => file_path::symlinkat(a.address(0), a.fd(1), a.address(2)),
        Sysno::Renameat => file_path::renameat2(a.fd(0), a.address(1), a.fd(2), a.address(3), 0),
        Sysno::Renameat2 => {
            file_path::renameat2(a.fd(0), a.address(1), a.fd(2), a.address(3), a.u32(4))
        }
        Sysno::Statfs => file_system::statfs(a.address(0), a.address(1)),
        Sysno::Fstatfs => file_system::fstatfs(a.fd(0), a.address(1)),
        Sysno::Truncate => file_system::truncate(a.address(0), a.u64(1) as i64),
        Sysno::Fallocate => {
            file_system::fallocate(a.fd(0), a.u32(1), a.u64(2) as i64, a.u64(3) as i64)
        }
        Sysno::Ftruncate => file::ftruncate(a.fd(0), a.u64(1) as i64),
        Sysno::Faccessat => file_path::faccessat2(a.fd(0), a.address(1), a.u32(2), 0),
        Sysno::Faccessat2 => file_path::faccessat2(a.fd(0), a.address(1), a.u32(2), a.u32(3)),
        Sysno::Chdir => file_path::chdir(a.address(0)),
        Sysno::Fchdir => file_path::fchdir(a.fd(0)),
        Sysno::Fchmod => file::fchmod(a.fd(0), a.u32(1)),
        Sysno::Fchmodat => file_path::fchmodat2(a.fd(0), a.address(1), a.u32(2), 0),
        Sysno::Fchmodat2 => file_path::fchmodat2(a.fd(0), a.address(1), a.u32(2), a.u32(3)),
        Sysno::Fchownat => file_path::fchownat(a.fd(0), a.address(1), a.u32(2), a.u32(3), a.u32(4)),
        Sysno::Fchown => file::fchown(a.fd(0), a.u32(1), a.u32(2)),
        Sysno::Openat => file_path::openat(a.fd(0), a.address(1), a.u32(2), a.u32(3)),
        Sysno::Close => file::close(a.fd(0)),
        Sysno::Pipe2 => file::pipe2(a.address(0), a.u32(1)),
        Sysno::Getdents64 => file::getdents64(a.fd(0), a.buffer(1, 2)),
        Sysno::Lseek => file::lseek(a.fd(0), a.u64(1) as i64, a.u32(2)),
        Sysno::CloseRange => file::close_range(a.u32(0), a.u32(1), a.u32(2)),
        Sysno::Read => transfer::read(a.fd(0), a.buffer(1, 2)),
        Sysno::Write => transfer::write(a.fd(0), a.buffer(1, 2)),
        Sysno::Readv => transfer::readv(a.fd(0), a.address(1), a.u64(2)),
        Sysno::Writev => transfer::writev(a.fd(0), a.address(1), a.u64(2)),
        Sysno::Pread64 => transfer::pread64(a.fd(0), a.buffer(1, 2), a.u64(3) as i64),
        Sysno::Pwrite64 => transfer::pwrite64(a.fd(0), a.buffer(1, 2), a.u64(3) as i64),
        Sysno::Preadv => transfer::preadv(a.fd(0), a.address(1), a.u64(2), a.u64(3) as i64),
        Sysno::Pwritev => transfer::pwritev(a.fd(0), a.address(1), a.u64(2), a.u64(3) as i64),
        Sysno::Preadv2 => {
            transfer::preadv2(a.fd(0), a.address(1), a.u64(2), a.u64(3) as i64, a.u32(5))
        }
        Sysno::Pwritev2 => {
            transfer::pwritev2(a.fd(0), a.address(1), a.u64(2), a.u64(3) as i64, a.u32(5))
        }
        Sysno::Sendfile => transfer::sendfile(a.fd(0), a.fd(1), a.address(2), a.size(3)),
        Sysno::Sync => Ok(0),
        Sysno::Fsync | Sysno::Fdatasync => file_system::fsync(a.fd(0)),
        Sysno::Syncfs => file_system::syncfs(a.fd(0)),
        Sysno::Utimensat => file_system::utimensat(a.fd(0), a.address(1), a.address(2), a.u32(3)),
        Sysno::Statx => file_system::statx(a.fd(0), a.address(1), a.u32(2), a.u32(3), a.address(4)),
        Sysno::Pselect6 => {
            let sets = [a.address(1), a.address(2), a.address(3)];
            select::pselect6(a.u32(0), sets, a.address(4), a.address(5))
        }
        Sysno::Ppoll => poll::ppoll(a.address(0), a.u32(1), a.address(2), a.address(3), a.u64(4)),
        Sysno::Readlinkat => file_path::readlinkat(a.fd(0), a.address(1), a.buffer(2, 3)),
        Sysno::Newfstatat => file_path::newfstatat(a.fd(0), a.address(1), a.address(2), a.u32(3)),
        Sysno::Fstat => file::fstat(a.fd(0), a.address(1)),
        Sysno::Exit => processes::exit_thread(ExitStatus::Exited(a.u64(0) as u8)),
        Sysno::ExitGroup => processes::exit_group(ExitStatus::Exited(a.u64(0) as u8)),
        Sysno::SetTidAddress => thread::set_tid_address(a.u64(0)),
        Sysno::Futex => futex::futex(a),
        Sysno::SetRobustList => thread::set_robust_list(a.u64(0), a.u64(1)),
        Sysno::GetRobustList => thread::get_robust_list(a.u32(0), a.address(1), a.address(2)),
        Sysno::Nanosleep => time::nanosleep(a.address(0), a.address(1)),
        Sysno::Getitimer => alarm::getitimer(a.u32(0), a.address(1)),
        Sysno::Setitimer => alarm::setitimer(a.u32(0), a.address(1), a.address(2)),
        Sysno::TimerCreate => timer::timer_create(a.u32(0), a.address(1), a.address(2)),
        Sysno::TimerGettime => timer::timer_gettime(a.u32(0), a.address(1)),
        Sysno::TimerGetoverrun => timer::timer_getoverrun(a.u32(0)),
        Sysno::TimerSettime => timer::timer_settime(a.u32(0), a.u32(1), a.address(2), a.address(3)),
        Sysno::TimerDelete => timer::timer_delete(a.u32(0)),
        Sysno::ClockSettime => time::clock_settime(a.u32(0), a.address(1)),
        Sysno::ClockGettime => time::clock_gettime(a.u32(0), a.address(1)),
        Sysno::ClockGetres => time::clock_getres(a.u32(0), a.address(1)),
        Sysno::ClockNanosleep => {
            time::clock_nanosleep(a.u32(0), a.u32(1), a.address(2), a.address(3))
        }
        Sysno::Syslog => kernel_log::syslog(a.u32(0), a.address(1), a.u32(2)),
        Sysno::SchedSetparam => scheduling::set_parameters(a.u32(0), a.address(1)),
        Sysno::SchedSetscheduler => scheduling::set_scheduler(a.u32(0), a.u32(1), a.address(2)),
        Sysno::SchedGetscheduler => scheduling::scheduler(a.u32(0)),
        Sysno::SchedGetparam => scheduling::parameters(a.u32(0), a.address(1)),
        Sysno::SchedSetaffinity => scheduling::set_affinity(a.u32(0), a.size(1), a.address(2)),
        Sysno::SchedGetaffinity => scheduling::affinity(a.u32(0), a.size(1), a.address(2)),
        Sysno::SchedYield => thread::sched_yield(),
        Sysno::SchedGetPriorityMax => scheduling::priority_max(a.u32(0)),
        Sysno::SchedGetPriorityMin => scheduling::priority_min(a.u32(0)),
        Sysno::SchedRrGetInterval => scheduling::interval(a.u32(0), a.address(1)),
        Sysno::Kill => signal::kill(a.u32(0) as i32, a.u32(1)),
        Sysno::Tkill => signal::tkill(a.u32(0), a.u32(1)),
        Sysno::Tgkill => signal::tgkill(a.u32(0), a.u32(1), a.u32(2)),
        Sysno::RtSigaction => signal::rt_sigaction(a.u32(0), a.address(1), a.address(2), a.u64(3)),
        Sysno::RtSigprocmask => {
            signal::rt_sigprocmask(a.u32(0), a.address(1), a.address(2), a.u64(3))
        }
        Sysno::RtSigpending => signal::rt_sigpending(a.address(0), a.u64(1)),
        Sysno::RtSigsuspend => signal::rt_sigsuspend(a.address(0), a.u64(1)),
        Sysno::RtSigtimedwait => {
            signal::rt_sigtimedwait(a.address(0), a.address(1), a.address(2), a.u64(3))
        }
        Sysno::RtSigqueueinfo => signal::rt_sigqueueinfo(a.u32(0), a.u32(1), a.address(2)),
        Sysno::RtTgsigqueueinfo => {
            signal::rt_tgsigqueueinfo(a.u32(0), a.u32(1), a.u32(2), a.address(3))
        }
        Sysno::Setpriority => scheduling::set_priority(a.u32(0), a.u32(1), a.u32(2)),
        Sysno::Getpriority => scheduling::priority(a.u32(0), a.u32(1)),
        Sysno::Reboot => system::reboot(a.u32(0), a.u32(1), a.u32(2)),
        Sysno::Setregid => identity::set_two(GROUPS, a.u32(0), a.u32(1)),
        Sysno::Setgid => identity::set(GROUPS, a.u32(0)),
        Sysno::Setreuid => identity::set_two(USERS, a.u32(0), a.u32(1)),
        Sysno::Setuid => identity::set(USERS, a.u32(0)),
        Sysno::Setresuid => identity::set_three(USERS, a.u32(0), a.u32(1), a.u32(2)),
        Sysno::Getresuid => identity::get_three(USERS, [a.address(0), a.address(1), a.address(2)]),
        Sysno::Setresgid => identity::set_three(GROUPS, a.u32(0), a.u32(1), a.u32(2)),
        Sysno::Getresgid => identity::get_three(GROUPS, [a.address(0), a.address(1), a.address(2)]),
        Sysno::Setfsuid => identity::for_files(USERS),
        Sysno::Setfsgid => identity::for_files(GROUPS),
        Sysno::Times => usage::times(a.address(0)),
        Sysno::Setpgid => process::setpgid(a.u32(0), a.u32(1)),
        Sysno::Getpgid => process::getpgid(a.u32(0)),
        Sysno::Getsid => process::getsid(a.u32(0)),
        Sysno::Setsid => process::setsid(),
        Sysno::Getgroups => identity::getgroups(a.u32(0), a.address(1)),
        Sysno::Setgroups => identity::setgroups(a.size(0), a.address(1)),
        Sysno::Capget => capability::capget(a.address(0), a.address(1)),
        Sysno::Capset => capability::capset(a.address(0), a.address(1)),
        Sysno::Personality => system::personality(a.u32(0)),
        Sysno::Sethostname => host::set_name(host::Which::Host, a.buffer(0, 1)),
        Sysno::Setdomainname => host::set_name(host::Which::Domain, a.buffer(0, 1)),
        Sysno::Mincore => memory::mincore(a.address(0), a.size(1), a.address(2)),
        Sysno::CopyFileRange => {
            let sides = ((a.fd(0), a.address(1)), (a.fd(2), a.address(3)));
            copy_range::copy_file_range(sides.0, sides.1, a.size(4), a.u32(5))
        }
        Sysno::Getrlimit => usage::getrlimit(a.u32(0), a.address(1)),
        Sysno::Setrlimit => usage::setrlimit(a.u32(0), a.address(1)),
        Sysno::Getrusage => usage::getrusage(a.u32(0) as i32, a.address(1)),
        Sysno::Prctl => thread::prctl(a.u32(0), a.address(1)),
        Sysno::Getcpu => thread::getcpu(a.address(0), a.address(1)),
        Sysno::Gettimeofday => time::gettimeofday(a.address(0), a.address(1)),
        Sysno::Settimeofday => time::settimeofday(a.address(0), a.address(1)),
        Sysno::Sysinfo => usage::sysinfo(a.address(0)),
        Sysno::Uname => system::uname(a.address(0)),
        Sysno::Umask => process::umask(a.u32(0)),
        Sysno::Getpid => process::getpid(),
        Sysno::Getppid => process::getppid(),
        Sysno::Getuid => identity::real(USERS),
        Sysno::Geteuid => identity::effective(USERS),
        Sysno::Getgid => identity::real(GROUPS),
        Sysno::Getegid => identity::effective(GROUPS),
        Sysno::Gettid => thread::gettid(),
        Sysno::Brk => memory::brk(a.address(0)),
        Sysno::Munmap => memory::munmap(a.address(0), a.size(1)),
        Sysno::Clone
        | Sysno::Execve
        | Sysno::Execveat
        | Sysno::RtSigreturn
        | Sysno::Sigaltstack => Err(Errno::ENOSYS),
        Sysno::Socket => socket::socket(a.u32(0), a.u32(1), a.u32(2)),
        Sysno::Socketpair => socket::socketpair(a.u32(0), a.u32(1), a.u32(2), a.address(3)),
        Sysno::Bind => socket::bind(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Listen => socket::listen(a.fd(0), a.u32(1)),
        Sysno::Accept => socket::accept4(a.fd(0), a.address(1), a.address(2), 0),
        Sysno::Accept4 => socket::accept4(a.fd(0), a.address(1), a.address(2), a.u32(3)),
        Sysno::Connect => socket::connect(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Getsockname => socket::getsockname(a.fd(0), a.address(1), a.address(2)),
        Sysno::Getpeername => socket::getpeername(a.fd(0), a.address(1), a.address(2)),
        Sysno::Setsockopt => {
            socket::setsockopt(a.fd(0), a.u32(1), a.u32(2), a.address(3), a.u32(4))
        }
        Sysno::Getsockopt => {
            socket::getsockopt(a.fd(0), a.u32(1), a.u32(2), a.address(3), a.address(4))
        }
        Sysno::Shutdown => socket::shutdown(a.fd(0), a.u32(1)),
        Sysno::Sendto => message::sendto(a.fd(0), a.buffer(1, 2), a.u32(3), a.address(4), a.u32(5)),
        Sysno::Recvfrom => {
            message::recvfrom(a.fd(0), a.buffer(1, 2), a.u32(3), a.address(4), a.address(5))
        }
        Sysno::Sendmsg => message::sendmsg(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Recvmsg => message::recvmsg(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Signalfd4
        | Sysno::Vmsplice
        | Sysno::Splice
        | Sysno::SyncFileRange
        | Sysno::Recvmmsg
        | Sysno::Sendmmsg
        | Sysno::ProcessVmReadv
        | Sysno::ProcessVmWritev
        | Sysno::Membarrier
        | Sysno::PidfdSendSignal
        | Sysno::PidfdOpen
        | Sysno::PidfdGetfd
        | Sysno::Openat2 => beyond::dispatch(call, a),
        Sysno::Msgget
        | Sysno::Msgctl
        | Sysno::Msgrcv
        | Sysno::Msgsnd
        | Sysno::Semget
        | Sysno::Semctl
        | Sysno::Semtimedop
        | Sysno::Semop
        | Sysno::Shmget
        | Sysno::Shmctl
        | Sysno::Shmat
        | Sysno::Shmdt
        | Sysno::MqOpen
        | Sysno::MqUnlink
        | Sysno::MqTimedsend
        | Sysno::MqTimedreceive
        | Sysno::MqNotify
        | Sysno::MqGetsetattr => ipc::dispatch(call, a),
        Sysno::Mmap => memory::mmap(a),
        Sysno::Mprotect => memory::mprotect(a.address(0), a.size(1), a.u32(2)),
        Sysno::Mlock => memory::mlock(a.address(0), a.size(1)),
        Sysno::Munlock => memory::munlock(a.address(0), a.size(1)),
        Sysno::Mlockall => memory::mlockall(a.u32(0)),
        Sysno::Munlockall => Ok(0),
        Sysno::Msync => memory::msync(a.address(0), a.size(1), a.u32(2)),
        Sysno::Madvise => memory::madvise(a.address(0), a.size(1), a.u32(2)),
        Sysno::Waitid => wait::waitid(a.u32(0), a.u32(1), a.address(2), a.u32(3), a.address(4)),
        Sysno::Wait4 => wait::wait4(a.u32(0) as i32, a.address(1), a.u32(2), a.address(3)),
        Sysno::Prlimit64 => usage::prlimit64(a.u32(0), a.u32(1), a.address(2), a.address(3)),
        Sysno::Getrandom => system::getrandom(a.buffer(0, 1), a.u32(2)),
        Sysno::RegionCreate => region::create(a.buffer(0, 1), a.address(2), a.size(3)),
        Sysno::RegionOpen => region::open(a.buffer(0, 1), a.u32(2)),
        Sysno::RegionSetLength => region::set_length(a.fd(0), a.u64(1)),
        Sysno::RegionMap => region::map(a.fd(0), a.u32(1), a.u64(2), a.size(3)),
        Sysno::RegionUnmap => region::unmap(a.address(0)),
        Sysno::RegionUnlink => region::unlink(a.buffer(0, 1)),
        Sysno::RegionList => region::list(a.address(0), a.size(1)),
        Sysno::RegionStat => region::stat(a.fd(0), a.address(1)),
        Sysno::RegionDepartureWord => region::departure_word(a.address(0), a.u32(1)),
        Sysno::RegionSeal => region::seal(a.fd(0), a.u32(1)),
        Sysno::RegionLeave => region::leave(a.fd(0)),
        Sysno::RegionQuota => region::quota(a.u32(0), a.u32(1), a.address(2), a.address(3)),
        Sysno::MemfdCreate => region::memfd_create(a.address(0), a.u32(1)),
        Sysno::RegionRead => region_sync::read(a.fd(0), a.u64(1), a.buffer(2, 3)),
        Sysno::RegionWrite => region_sync::write(a.fd(0), a.u64(1), a.buffer(2, 3)),
        Sysno::RegionNotify => region_sync::notify(a.fd(0), a.u64(1), a.u64(2)),
        Sysno::RegionWaitChange => {
            region_sync::wait_change(a.fd(0), a.u64(1), a.address(2), a.address(3))
        }
        Sysno::RegionLock => region_sync::lock(a.fd(0), a.u32(1), a.address(2)),
        Sysno::RegionUnlock => region_sync::unlock(a.fd(0), a.u32(1)),
        Sysno::RegionWaitName => region_sync::wait_name(a.buffer(0, 1), a.address(2)),
        Sysno::RegionInheritHandle => region_holdings::inherit_handle(a.fd(0), a.u32(1)),
        Sysno::RegionInheritView => region_holdings::inherit_view(a.address(0), a.u32(1)),
        Sysno::RegionApprove => region_holdings::approve(a.u32(0), a.fd(1), a.u32(2)),
        Sysno::RegionHandles => region_holdings::handles(a.u32(0), a.address(1), a.size(2)),
        Sysno::RegionViews => region_holdings::views(a.u32(0), a.address(1), a.size(2)),
        Sysno::VmOffer => offer::offer(a.u32(0), a.address(1), a.size(2), a.u32(3)),
        Sysno::VmClaim => {
            let places = (a.address(2), a.address(3));
            offer::claim(a.u32(0), a.address(1), places, a.u32(4))
        }
        Sysno::VmListOffers => offer::list(a.address(0), a.address(1), a.u32(2)),
        Sysno::VmWaitOffer => offer::wait(a.address(0), a.address(1)),
        Sysno::VmOfferDescriptor => offer::descriptor(a.u32(0)),
        Sysno::VmOfferLog => offer::log(),
        Sysno::VmWaitClaim => offer::wait_claim(a.u32(0), a.address(1), a.address(2)),
        Sysno::TopicAdvertise => topic::advertise(a.address(0), a.size(1)),
        Sysno::TopicSubscribe => topic::subscribe(a.address(0), a.size(1)),
        Sysno::TopicPublish => {
            topic::publish(a.fd(0), [a.u64(1), a.u64(2)], a.address(3), a.address(4))
        }
        Sysno::TopicTake => topic::take(a.fd(0), a.u32(1), a.address(2), a.address(3)),
        Sysno::TopicRelease => topic::release(a.fd(0), a.u64(1)),
        Sysno::TopicList => topic::list(a.address(0), a.size(1)),
        Sysno::TopicInfo => topic::info(a.buffer(0, 1), a.address(2)),
        Sysno::TopicStatus => topic::status(a.fd(0), a.address(1)),
        Sysno::TopicReclaim => topic::reclaim(a.fd(0), a.address(1)),
        Sysno::TopicMembers => topic::members(a.buffer(0, 1), a.address(2), a.size(3)),
        Sysno::ProcessList => system::process_list(a.address(0), a.size(1)),
        Sysno::MemoryInfo => system::memory_info(a.address(0)),
        Sysno::SystemInfo => system::system_info(a.address(0)),
    }
}
