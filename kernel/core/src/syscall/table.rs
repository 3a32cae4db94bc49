//! Which function makes which call: by number, in tables that are made when the kernel is built.

use super::arguments::Arguments;
use super::extended::{self, Whose};
use super::growth;
use super::identity::{GROUPS, USERS};
use super::{
    alarm, beyond, capability, copy_range, event, fcntl, file, file_path, file_system, futex, host,
    identity, ipc, kernel_log, memory, message, mount, offer, poll, process, region,
    region_holdings, region_sync, scheduling, select, signal, socket, system, thread, time, timer,
    topic, trace, transfer, usage, wait,
};
use crate::fs::Follow;
use crate::process as processes;
use abi::number::FIRST_NATIVE;
use abi::process::ExitStatus;
use abi::{Errno, Sysno};

/// Makes a call.
type Handler = fn(Arguments<'_>) -> Result<u64, Errno>;

/// How a call is made.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The function for it.
    pub run: Handler,
    /// Whether it is refused when memory for the kernel's own is short.
    pub makes_objects: bool,
}

const LINUX_CALLS: usize = 512;
const NATIVE_CALLS: usize = 128;

/// Calls with Linux's numbers.
static LINUX: [Option<Entry>; LINUX_CALLS] = entries(0);
/// Commons' own.
static NATIVE: [Option<Entry>; NATIVE_CALLS] = entries(FIRST_NATIVE);

/// How the call with this number is made; nothing for a call that needs all registers, or that does
/// not exist.
#[inline]
pub fn entry(number: u64) -> Option<&'static Entry> {
    match LINUX.get(number as usize) {
        Some(entry) => entry.as_ref(),
        None => NATIVE.get(number.wrapping_sub(FIRST_NATIVE) as usize)?.as_ref(),
    }
}

const fn entries<const N: usize>(first: u64) -> [Option<Entry>; N] {
    let mut entries = [None; N];
    let mut index = 0;
    while index < Sysno::ALL.len() {
        let call = Sysno::ALL[index];
        let place = (call as u64).wrapping_sub(first) as usize;
        if place < N
            && let Some(run) = handler(call)
        {
            entries[place] = Some(Entry { run, makes_objects: growth::makes_objects(call) });
        }
        index += 1;
    }
    entries
}

#[allow(clippy::too_many_lines, reason = "one line per call: the table of calls")]
const fn handler(call: Sysno) -> Option<Handler> {
    let run: Handler = match call {
        // They look at all registers, or replace them.
        Sysno::Clone | Sysno::Execve | Sysno::Execveat | Sysno::RtSigreturn => return None,
        Sysno::Sigaltstack => {
            |a| signal::sigaltstack(a.address(0), a.address(1), a.stack_pointer())
        }
        Sysno::Eventfd2 => |a| event::eventfd2(a.u32(0), a.u32(1)),
        Sysno::EpollCreate1 => |a| event::epoll_create1(a.u32(0)),
        Sysno::EpollCtl => |a| event::epoll_ctl(a.fd(0), a.u32(1), a.fd(2), a.address(3)),
        Sysno::EpollPwait => |a| {
            let room = event::Room { events: a.address(1), capacity: a.u32(2) as i32 };
            event::epoll_pwait(a.fd(0), room, a.u32(3) as i32, a.address(4), a.u64(5))
        },
        Sysno::EpollPwait2 => |a| {
            let room = event::Room { events: a.address(1), capacity: a.u32(2) as i32 };
            event::epoll_pwait2(a.fd(0), room, a.address(3), a.address(4), a.u64(5))
        },
        Sysno::TimerfdCreate => |a| event::timerfd_create(a.u32(0), a.u32(1)),
        Sysno::TimerfdSettime => {
            |a| event::timerfd_settime(a.fd(0), a.u32(1), a.address(2), a.address(3))
        }
        Sysno::TimerfdGettime => |a| event::timerfd_gettime(a.fd(0), a.address(1)),
        Sysno::Setxattr | Sysno::Getxattr | Sysno::Removexattr => {
            |a| extended::one(Whose::Path(a.address(0), Follow::Yes))
        }
        Sysno::Lsetxattr | Sysno::Lgetxattr | Sysno::Lremovexattr => {
            |a| extended::one(Whose::Path(a.address(0), Follow::No))
        }
        Sysno::Fsetxattr | Sysno::Fgetxattr | Sysno::Fremovexattr => {
            |a| extended::one(Whose::Descriptor(a.fd(0)))
        }
        Sysno::Listxattr => |a| extended::list(Whose::Path(a.address(0), Follow::Yes)),
        Sysno::Llistxattr => |a| extended::list(Whose::Path(a.address(0), Follow::No)),
        Sysno::Flistxattr => |a| extended::list(Whose::Descriptor(a.fd(0))),
        Sysno::Fadvise64 => |a| extended::advise(a.fd(0), a.u64(2) as i64, a.u32(3)),
        Sysno::Getcwd => |a| file_path::getcwd(a.buffer(0, 1)),
        Sysno::Dup => |a| file::dup(a.fd(0)),
        Sysno::Dup3 => |a| file::dup3(a.fd(0), a.fd(1), a.u32(2)),
        Sysno::Fcntl => |a| fcntl::fcntl(a.fd(0), a.u32(1), a.u64(2)),
        Sysno::Ioctl => |a| fcntl::ioctl(a.fd(0), a.u32(1), a.address(2)),
        Sysno::Flock => |a| fcntl::flock(a.fd(0), a.u32(1)),
        Sysno::Mknodat => |a| file_path::mknodat(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Mkdirat => |a| file_path::mkdirat(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Unlinkat => |a| file_path::unlinkat(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Linkat => {
            |a| file_path::linkat(a.fd(0), a.address(1), a.fd(2), a.address(3), a.u32(4))
        }
        Sysno::Symlinkat => |a| file_path::symlinkat(a.address(0), a.fd(1), a.address(2)),
        Sysno::Renameat => {
            |a| file_path::renameat2(a.fd(0), a.address(1), a.fd(2), a.address(3), 0)
        }
        Sysno::Renameat2 => {
            |a| file_path::renameat2(a.fd(0), a.address(1), a.fd(2), a.address(3), a.u32(4))
        }
        Sysno::Umount2 => |a| mount::umount2(a.address(0), a.u32(1)),
        Sysno::Mount => {
            |a| mount::mount(a.address(0), a.address(1), a.address(2), a.u64(3), a.address(4))
        }
        Sysno::Statfs => |a| file_system::statfs(a.address(0), a.address(1)),
        Sysno::Fstatfs => |a| file_system::fstatfs(a.fd(0), a.address(1)),
        Sysno::Truncate => |a| file_system::truncate(a.address(0), a.u64(1) as i64),
        Sysno::Fallocate => {
            |a| file_system::fallocate(a.fd(0), a.u32(1), a.u64(2) as i64, a.u64(3) as i64)
        }
        Sysno::Ftruncate => |a| file::ftruncate(a.fd(0), a.u64(1) as i64),
        Sysno::Faccessat => |a| file_path::faccessat2(a.fd(0), a.address(1), a.u32(2), 0),
        Sysno::Faccessat2 => |a| file_path::faccessat2(a.fd(0), a.address(1), a.u32(2), a.u32(3)),
        Sysno::Chdir => |a| file_path::chdir(a.address(0)),
        Sysno::Fchdir => |a| file_path::fchdir(a.fd(0)),
        Sysno::Fchmod => |a| file::fchmod(a.fd(0), a.u32(1)),
        Sysno::Fchmodat => |a| file_path::fchmodat2(a.fd(0), a.address(1), a.u32(2), 0),
        Sysno::Fchmodat2 => |a| file_path::fchmodat2(a.fd(0), a.address(1), a.u32(2), a.u32(3)),
        Sysno::Fchownat => {
            |a| file_path::fchownat(a.fd(0), a.address(1), a.u32(2), a.u32(3), a.u32(4))
        }
        Sysno::Fchown => |a| file::fchown(a.fd(0), a.u32(1), a.u32(2)),
        Sysno::Openat => |a| file_path::openat(a.fd(0), a.address(1), a.u32(2), a.u32(3)),
        Sysno::Close => |a| file::close(a.fd(0)),
        Sysno::Pipe2 => |a| file::pipe2(a.address(0), a.u32(1)),
        Sysno::Getdents64 => |a| file::getdents64(a.fd(0), a.buffer(1, 2)),
        Sysno::Lseek => |a| file::lseek(a.fd(0), a.u64(1) as i64, a.u32(2)),
        Sysno::CloseRange => |a| file::close_range(a.u32(0), a.u32(1), a.u32(2)),
        Sysno::Read => |a| transfer::read(a.fd(0), a.buffer(1, 2)),
        Sysno::Write => |a| transfer::write(a.fd(0), a.buffer(1, 2)),
        Sysno::Readv => |a| transfer::readv(a.fd(0), a.address(1), a.u64(2)),
        Sysno::Writev => |a| transfer::writev(a.fd(0), a.address(1), a.u64(2)),
        Sysno::Pread64 => |a| transfer::pread64(a.fd(0), a.buffer(1, 2), a.u64(3) as i64),
        Sysno::Pwrite64 => |a| transfer::pwrite64(a.fd(0), a.buffer(1, 2), a.u64(3) as i64),
        Sysno::Preadv => |a| transfer::preadv(a.fd(0), a.address(1), a.u64(2), a.u64(3) as i64),
        Sysno::Pwritev => |a| transfer::pwritev(a.fd(0), a.address(1), a.u64(2), a.u64(3) as i64),
        Sysno::Preadv2 => {
            |a| transfer::preadv2(a.fd(0), a.address(1), a.u64(2), a.u64(3) as i64, a.u32(5))
        }
        Sysno::Pwritev2 => {
            |a| transfer::pwritev2(a.fd(0), a.address(1), a.u64(2), a.u64(3) as i64, a.u32(5))
        }
        Sysno::Sendfile => |a| transfer::sendfile(a.fd(0), a.fd(1), a.address(2), a.size(3)),
        Sysno::Sync => |_| file_system::sync(),
        Sysno::Fsync | Sysno::Fdatasync => |a| file_system::fsync(a.fd(0)),
        Sysno::Syncfs => |a| file_system::syncfs(a.fd(0)),
        Sysno::Utimensat => {
            |a| file_system::utimensat(a.fd(0), a.address(1), a.address(2), a.u32(3))
        }
        Sysno::Statx => {
            |a| file_system::statx(a.fd(0), a.address(1), a.u32(2), a.u32(3), a.address(4))
        }
        Sysno::Pselect6 => |a| {
            let sets = [a.address(1), a.address(2), a.address(3)];
            select::pselect6(a.u32(0), sets, a.address(4), a.address(5))
        },
        Sysno::Ppoll => {
            |a| poll::ppoll(a.address(0), a.u32(1), a.address(2), a.address(3), a.u64(4))
        }
        Sysno::Readlinkat => |a| file_path::readlinkat(a.fd(0), a.address(1), a.buffer(2, 3)),
        Sysno::Newfstatat => {
            |a| file_path::newfstatat(a.fd(0), a.address(1), a.address(2), a.u32(3))
        }
        Sysno::Fstat => |a| file::fstat(a.fd(0), a.address(1)),
        Sysno::Exit => |a| processes::exit_thread(ExitStatus::Exited(a.u64(0) as u8)),
        Sysno::ExitGroup => |a| processes::exit_group(ExitStatus::Exited(a.u64(0) as u8)),
        Sysno::SetTidAddress => |a| thread::set_tid_address(a.u64(0)),
        Sysno::Futex => |a| futex::futex(a),
        Sysno::SetRobustList => |a| thread::set_robust_list(a.u64(0), a.u64(1)),
        Sysno::GetRobustList => |a| thread::get_robust_list(a.u32(0), a.address(1), a.address(2)),
        Sysno::Nanosleep => |a| time::nanosleep(a.address(0), a.address(1)),
        Sysno::Getitimer => |a| alarm::getitimer(a.u32(0), a.address(1)),
        Sysno::Setitimer => |a| alarm::setitimer(a.u32(0), a.address(1), a.address(2)),
        Sysno::TimerCreate => |a| timer::timer_create(a.u32(0), a.address(1), a.address(2)),
        Sysno::TimerGettime => |a| timer::timer_gettime(a.u32(0), a.address(1)),
        Sysno::TimerGetoverrun => |a| timer::timer_getoverrun(a.u32(0)),
        Sysno::TimerSettime => {
            |a| timer::timer_settime(a.u32(0), a.u32(1), a.address(2), a.address(3))
        }
        Sysno::TimerDelete => |a| timer::timer_delete(a.u32(0)),
        Sysno::ClockSettime => |a| time::clock_settime(a.u32(0), a.address(1)),
        Sysno::ClockGettime => |a| time::clock_gettime(a.u32(0), a.address(1)),
        Sysno::ClockGetres => |a| time::clock_getres(a.u32(0), a.address(1)),
        Sysno::ClockNanosleep => {
            |a| time::clock_nanosleep(a.u32(0), a.u32(1), a.address(2), a.address(3))
        }
        Sysno::Syslog => |a| kernel_log::syslog(a.u32(0), a.address(1), a.u32(2)),
        Sysno::SchedSetparam => |a| scheduling::set_parameters(a.u32(0), a.address(1)),
        Sysno::SchedSetscheduler => |a| scheduling::set_scheduler(a.u32(0), a.u32(1), a.address(2)),
        Sysno::SchedGetscheduler => |a| scheduling::scheduler(a.u32(0)),
        Sysno::SchedGetparam => |a| scheduling::parameters(a.u32(0), a.address(1)),
        Sysno::SchedSetaffinity => |a| scheduling::set_affinity(a.u32(0), a.size(1), a.address(2)),
        Sysno::SchedGetaffinity => |a| scheduling::affinity(a.u32(0), a.size(1), a.address(2)),
        Sysno::SchedYield => |_| thread::sched_yield(),
        Sysno::SchedGetPriorityMax => |a| scheduling::priority_max(a.u32(0)),
        Sysno::SchedGetPriorityMin => |a| scheduling::priority_min(a.u32(0)),
        Sysno::SchedRrGetInterval => |a| scheduling::interval(a.u32(0), a.address(1)),
        Sysno::Kill => |a| signal::kill(a.u32(0) as i32, a.u32(1)),
        Sysno::Tkill => |a| signal::tkill(a.u32(0), a.u32(1)),
        Sysno::Tgkill => |a| signal::tgkill(a.u32(0), a.u32(1), a.u32(2)),
        Sysno::RtSigaction => {
            |a| signal::rt_sigaction(a.u32(0), a.address(1), a.address(2), a.u64(3))
        }
        Sysno::RtSigprocmask => {
            |a| signal::rt_sigprocmask(a.u32(0), a.address(1), a.address(2), a.u64(3))
        }
        Sysno::RtSigpending => |a| signal::rt_sigpending(a.address(0), a.u64(1)),
        Sysno::RtSigsuspend => |a| signal::rt_sigsuspend(a.address(0), a.u64(1)),
        Sysno::RtSigtimedwait => {
            |a| signal::rt_sigtimedwait(a.address(0), a.address(1), a.address(2), a.u64(3))
        }
        Sysno::RtSigqueueinfo => |a| signal::rt_sigqueueinfo(a.u32(0), a.u32(1), a.address(2)),
        Sysno::RtTgsigqueueinfo => {
            |a| signal::rt_tgsigqueueinfo(a.u32(0), a.u32(1), a.u32(2), a.address(3))
        }
        Sysno::Setpriority => |a| scheduling::set_priority(a.u32(0), a.u32(1), a.u32(2)),
        Sysno::Getpriority => |a| scheduling::priority(a.u32(0), a.u32(1)),
        Sysno::Reboot => |a| system::reboot(a.u32(0), a.u32(1), a.u32(2)),
        Sysno::Setregid => |a| identity::set_two(GROUPS, a.u32(0), a.u32(1)),
        Sysno::Setgid => |a| identity::set(GROUPS, a.u32(0)),
        Sysno::Setreuid => |a| identity::set_two(USERS, a.u32(0), a.u32(1)),
        Sysno::Setuid => |a| identity::set(USERS, a.u32(0)),
        Sysno::Setresuid => |a| identity::set_three(USERS, a.u32(0), a.u32(1), a.u32(2)),
        Sysno::Getresuid => {
            |a| identity::get_three(USERS, [a.address(0), a.address(1), a.address(2)])
        }
        Sysno::Setresgid => |a| identity::set_three(GROUPS, a.u32(0), a.u32(1), a.u32(2)),
        Sysno::Getresgid => {
            |a| identity::get_three(GROUPS, [a.address(0), a.address(1), a.address(2)])
        }
        Sysno::Setfsuid => |_| identity::for_files(USERS),
        Sysno::Setfsgid => |_| identity::for_files(GROUPS),
        Sysno::Times => |a| usage::times(a.address(0)),
        Sysno::Setpgid => |a| process::setpgid(a.u32(0), a.u32(1)),
        Sysno::Getpgid => |a| process::getpgid(a.u32(0)),
        Sysno::Getsid => |a| process::getsid(a.u32(0)),
        Sysno::Setsid => |_| process::setsid(),
        Sysno::Getgroups => |a| identity::getgroups(a.u32(0), a.address(1)),
        Sysno::Setgroups => |a| identity::setgroups(a.size(0), a.address(1)),
        Sysno::Capget => |a| capability::capget(a.address(0), a.address(1)),
        Sysno::Capset => |a| capability::capset(a.address(0), a.address(1)),
        Sysno::Personality => |a| system::personality(a.u32(0)),
        Sysno::Sethostname => |a| host::set_name(host::Which::Host, a.buffer(0, 1)),
        Sysno::Setdomainname => |a| host::set_name(host::Which::Domain, a.buffer(0, 1)),
        Sysno::Mincore => |a| memory::mincore(a.address(0), a.size(1), a.address(2)),
        Sysno::CopyFileRange => |a| {
            let sides = ((a.fd(0), a.address(1)), (a.fd(2), a.address(3)));
            copy_range::copy_file_range(sides.0, sides.1, a.size(4), a.u32(5))
        },
        Sysno::Getrlimit => |a| usage::getrlimit(a.u32(0), a.address(1)),
        Sysno::Setrlimit => |a| usage::setrlimit(a.u32(0), a.address(1)),
        Sysno::Getrusage => |a| usage::getrusage(a.u32(0) as i32, a.address(1)),
        Sysno::Prctl => |a| thread::prctl(a.u32(0), a.address(1)),
        Sysno::Getcpu => |a| thread::getcpu(a.address(0), a.address(1)),
        Sysno::Gettimeofday => |a| time::gettimeofday(a.address(0), a.address(1)),
        Sysno::Settimeofday => |a| time::settimeofday(a.address(0), a.address(1)),
        Sysno::Sysinfo => |a| usage::sysinfo(a.address(0)),
        Sysno::Uname => |a| system::uname(a.address(0)),
        Sysno::Umask => |a| process::umask(a.u32(0)),
        Sysno::Getpid => |_| process::getpid(),
        Sysno::Getppid => |_| process::getppid(),
        Sysno::Getuid => |_| identity::real(USERS),
        Sysno::Geteuid => |_| identity::effective(USERS),
        Sysno::Getgid => |_| identity::real(GROUPS),
        Sysno::Getegid => |_| identity::effective(GROUPS),
        Sysno::Gettid => |_| thread::gettid(),
        Sysno::Brk => |a| memory::brk(a.address(0)),
        Sysno::Munmap => |a| memory::munmap(a.address(0), a.size(1)),
        Sysno::Socket => |a| socket::socket(a.u32(0), a.u32(1), a.u32(2)),
        Sysno::Socketpair => |a| socket::socketpair(a.u32(0), a.u32(1), a.u32(2), a.address(3)),
        Sysno::Bind => |a| socket::bind(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Listen => |a| socket::listen(a.fd(0), a.u32(1)),
        Sysno::Accept => |a| socket::accept4(a.fd(0), a.address(1), a.address(2), 0),
        Sysno::Accept4 => |a| socket::accept4(a.fd(0), a.address(1), a.address(2), a.u32(3)),
        Sysno::Connect => |a| socket::connect(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Getsockname => |a| socket::getsockname(a.fd(0), a.address(1), a.address(2)),
        Sysno::Getpeername => |a| socket::getpeername(a.fd(0), a.address(1), a.address(2)),
        Sysno::Setsockopt => {
            |a| socket::setsockopt(a.fd(0), a.u32(1), a.u32(2), a.address(3), a.u32(4))
        }
        Sysno::Getsockopt => {
            |a| socket::getsockopt(a.fd(0), a.u32(1), a.u32(2), a.address(3), a.address(4))
        }
        Sysno::Shutdown => |a| socket::shutdown(a.fd(0), a.u32(1)),
        Sysno::Sendto => {
            |a| message::sendto(a.fd(0), a.buffer(1, 2), a.u32(3), a.address(4), a.u32(5))
        }
        Sysno::Recvfrom => {
            |a| message::recvfrom(a.fd(0), a.buffer(1, 2), a.u32(3), a.address(4), a.address(5))
        }
        Sysno::Sendmsg => |a| message::sendmsg(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Recvmsg => |a| message::recvmsg(a.fd(0), a.address(1), a.u32(2)),
        Sysno::Signalfd4
        | Sysno::Tee
        | Sysno::Mremap
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
        | Sysno::Openat2 => |a| beyond::dispatch(a.call()?, a),
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
        | Sysno::MqGetsetattr => |a| ipc::dispatch(a.call()?, a),
        Sysno::Mmap => |a| memory::mmap(a),
        Sysno::Mprotect => |a| memory::mprotect(a.address(0), a.size(1), a.u32(2)),
        Sysno::Mlock => |a| memory::mlock(a.address(0), a.size(1)),
        Sysno::Mlock2 => |a| memory::mlock2(a.address(0), a.size(1), a.u32(2)),
        Sysno::Munlock => |a| memory::munlock(a.address(0), a.size(1)),
        Sysno::Mlockall => |a| memory::mlockall(a.u32(0)),
        Sysno::Munlockall => |_| memory::munlockall(),
        Sysno::Msync => |a| memory::msync(a.address(0), a.size(1), a.u32(2)),
        Sysno::Madvise => |a| memory::madvise(a.address(0), a.size(1), a.u32(2)),
        Sysno::Waitid => |a| wait::waitid(a.u32(0), a.u32(1), a.address(2), a.u32(3), a.address(4)),
        Sysno::Wait4 => |a| wait::wait4(a.u32(0) as i32, a.address(1), a.u32(2), a.address(3)),
        Sysno::Prlimit64 => |a| usage::prlimit64(a.u32(0), a.u32(1), a.address(2), a.address(3)),
        Sysno::Getrandom => |a| system::getrandom(a.buffer(0, 1), a.u32(2)),
        Sysno::RegionCreate => |a| region::create(a.buffer(0, 1), a.address(2), a.size(3)),
        Sysno::RegionOpen => |a| region::open(a.buffer(0, 1), a.u32(2)),
        Sysno::RegionSetLength => |a| region::set_length(a.fd(0), a.u64(1)),
        Sysno::RegionMap => |a| region::map(a.fd(0), a.u32(1), a.u64(2), a.size(3)),
        Sysno::RegionUnmap => |a| region::unmap(a.address(0)),
        Sysno::RegionUnlink => |a| region::unlink(a.buffer(0, 1)),
        Sysno::RegionList => |a| region::list(a.address(0), a.size(1)),
        Sysno::RegionStat => |a| region::stat(a.fd(0), a.address(1)),
        Sysno::RegionDepartureWord => |a| region::departure_word(a.address(0), a.u32(1)),
        Sysno::RegionSeal => |a| region::seal(a.fd(0), a.u32(1)),
        Sysno::RegionLeave => |a| region::leave(a.fd(0)),
        Sysno::RegionQuota => |a| region::quota(a.u32(0), a.u32(1), a.address(2), a.address(3)),
        Sysno::MemfdCreate => |a| region::memfd_create(a.address(0), a.u32(1)),
        Sysno::RegionRead => |a| region_sync::read(a.fd(0), a.u64(1), a.buffer(2, 3)),
        Sysno::RegionWrite => |a| region_sync::write(a.fd(0), a.u64(1), a.buffer(2, 3)),
        Sysno::RegionNotify => |a| region_sync::notify(a.fd(0), a.u64(1), a.u64(2)),
        Sysno::RegionWaitChange => {
            |a| region_sync::wait_change(a.fd(0), a.u64(1), a.address(2), a.address(3))
        }
        Sysno::RegionLock => |a| region_sync::lock(a.fd(0), a.u32(1), a.address(2)),
        Sysno::RegionUnlock => |a| region_sync::unlock(a.fd(0), a.u32(1)),
        Sysno::RegionWaitName => |a| region_sync::wait_name(a.buffer(0, 1), a.address(2)),
        Sysno::RegionInheritHandle => |a| region_holdings::inherit_handle(a.fd(0), a.u32(1)),
        Sysno::RegionInheritView => |a| region_holdings::inherit_view(a.address(0), a.u32(1)),
        Sysno::RegionApprove => |a| region_holdings::approve(a.u32(0), a.fd(1), a.u32(2)),
        Sysno::RegionPages => |a| {
            let pages = region_sync::Pages { first: a.u64(2), stride: a.u64(3), count: a.size(5) };
            region_sync::pages(a.buffer(0, 1), pages, a.address(4))
        },
        Sysno::RegionHandles => |a| region_holdings::handles(a.u32(0), a.address(1), a.size(2)),
        Sysno::RegionViews => |a| region_holdings::views(a.u32(0), a.address(1), a.size(2)),
        Sysno::VmOffer => |a| offer::offer(a.u32(0), a.address(1), a.size(2), a.u32(3)),
        Sysno::VmClaim => |a| {
            let places = (a.address(2), a.address(3));
            offer::claim(a.u32(0), a.address(1), places, a.u32(4))
        },
        Sysno::VmListOffers => |a| offer::list(a.address(0), a.address(1), a.u32(2)),
        Sysno::VmWaitOffer => |a| offer::wait(a.address(0), a.address(1)),
        Sysno::VmOfferDescriptor => |a| offer::descriptor(a.u32(0)),
        Sysno::VmOfferLog => |_| offer::log(),
        Sysno::VmWaitClaim => |a| offer::wait_claim(a.u32(0), a.address(1), a.address(2)),
        Sysno::TopicAdvertise => |a| topic::advertise(a.address(0), a.size(1)),
        Sysno::TopicSubscribe => |a| topic::subscribe(a.address(0), a.size(1)),
        Sysno::TopicPublish => {
            |a| topic::publish(a.fd(0), [a.u64(1), a.u64(2)], a.address(3), a.address(4))
        }
        Sysno::TopicTake => |a| topic::take(a.fd(0), a.u32(1), a.address(2), a.address(3)),
        Sysno::TopicRelease => |a| topic::release(a.fd(0), a.u64(1)),
        Sysno::TopicList => |a| topic::list(a.address(0), a.size(1)),
        Sysno::TopicInfo => |a| topic::info(a.buffer(0, 1), a.address(2)),
        Sysno::TopicStatus => |a| topic::status(a.fd(0), a.address(1)),
        Sysno::TopicReclaim => |a| topic::reclaim(a.fd(0), a.address(1)),
        Sysno::TopicMembers => |a| topic::members(a.buffer(0, 1), a.address(2), a.size(3)),
        Sysno::TraceCreate => |a| trace::create(a.u64(0), a.u64(1), a.u32(2)),
        Sysno::TraceAttach => |a| trace::attach(a.fd(0), a.u32(1), a.u32(2)),
        Sysno::TraceWait => |a| trace::wait(a.fd(0), a.u64(1), a.address(2)),
        Sysno::ProcessList => |a| system::process_list(a.address(0), a.size(1)),
        Sysno::MemoryInfo => |a| system::memory_info(a.address(0)),
        Sysno::SystemInfo => |a| system::system_info(a.address(0)),
    };
    Some(run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_but_a_few_has_its_place_in_a_table() {
        let is_missing = |call: &&Sysno| entry(**call as u64).is_none();
        let missing: std::vec::Vec<_> = Sysno::ALL.iter().filter(is_missing).collect();
        assert_eq!(missing, [&Sysno::RtSigreturn, &Sysno::Clone, &Sysno::Execve, &Sysno::Execveat]);
    }

    #[test]
    fn numbers_without_a_call_have_none() {
        for number in [0, 511, 512, FIRST_NATIVE - 1, FIRST_NATIVE + 127, u64::MAX] {
            assert!(entry(number).is_none(), "{number}");
        }
    }
}
