//! The table of system calls; a call exists when it is in this table.

macro_rules! syscalls {
    ($($(#[doc = $doc:literal])* $number:literal => $name:ident,)*) => {
        /// A system call, by its number in x8.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        #[repr(u64)]
        pub enum Sysno {
            $($(#[doc = $doc])* $name = $number,)*
        }

        impl Sysno {
            /// Every call, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The call with this number, if there is one.
            pub const fn from_number(number: u64) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

/// The first number that is Commons' own.
pub const FIRST_NATIVE: u64 = 0x1000;

syscalls! {
    /// `setxattr(path, name, value, size, flags)`.
    5 => Setxattr,
    /// `lsetxattr(path, name, value, size, flags)`.
    6 => Lsetxattr,
    /// `fsetxattr(fd, name, value, size, flags)`.
    7 => Fsetxattr,
    /// `getxattr(path, name, value, size) -> size`.
    8 => Getxattr,
    /// `lgetxattr(path, name, value, size) -> size`.
    9 => Lgetxattr,
    /// `fgetxattr(fd, name, value, size) -> size`.
    10 => Fgetxattr,
    /// `listxattr(path, list, size) -> size`.
    11 => Listxattr,
    /// `llistxattr(path, list, size) -> size`.
    12 => Llistxattr,
    /// `flistxattr(fd, list, size) -> size`.
    13 => Flistxattr,
    /// `removexattr(path, name)`.
    14 => Removexattr,
    /// `lremovexattr(path, name)`.
    15 => Lremovexattr,
    /// `fremovexattr(fd, name)`.
    16 => Fremovexattr,
    /// `getcwd(buffer, size) -> length`, the NUL included.
    17 => Getcwd,
    /// `eventfd2(value, flags) -> fd`.
    19 => Eventfd2,
    /// `epoll_create1(flags) -> fd`.
    20 => EpollCreate1,
    /// `epoll_ctl(epfd, operation, fd, event)`.
    21 => EpollCtl,
    /// `epoll_pwait(epfd, events, capacity, milliseconds, mask, mask_size) -> events`.
    22 => EpollPwait,
    /// `dup(fd) -> fd`.
    23 => Dup,
    /// `dup3(old, new, flags) -> fd`.
    24 => Dup3,
    /// `fcntl(fd, command, argument)`.
    25 => Fcntl,
    /// `ioctl(fd, request, argument)`.
    29 => Ioctl,
    /// `flock(fd, operation)`.
    32 => Flock,
    /// `mknodat(dirfd, path, mode, device)`.
    33 => Mknodat,
    /// `mkdirat(dirfd, path, mode)`.
    34 => Mkdirat,
    /// `unlinkat(dirfd, path, flags)`.
    35 => Unlinkat,
    /// `symlinkat(target, dirfd, path)`.
    36 => Symlinkat,
    /// `linkat(olddirfd, old, newdirfd, new, flags)`.
    37 => Linkat,
    /// `renameat(olddirfd, old, newdirfd, new)`.
    38 => Renameat,
    /// `umount2(target, flags)`.
    39 => Umount2,
    /// `mount(source, target, type, flags, options)`.
    40 => Mount,
    /// `statfs(path, record)`.
    43 => Statfs,
    /// `fstatfs(fd, record)`.
    44 => Fstatfs,
    /// `truncate(path, length)`.
    45 => Truncate,
    /// `ftruncate(fd, length)`.
    46 => Ftruncate,
    /// `fallocate(fd, mode, offset, length)`.
    47 => Fallocate,
    /// `faccessat(dirfd, path, mode)`.
    48 => Faccessat,
    /// `chdir(path)`.
    49 => Chdir,
    /// `fchdir(fd)`.
    50 => Fchdir,
    /// `fchmod(fd, mode)`.
    52 => Fchmod,
    /// `fchmodat(dirfd, path, mode)`.
    53 => Fchmodat,
    /// `fchownat(dirfd, path, uid, gid, flags)`.
    54 => Fchownat,
    /// `fchown(fd, uid, gid)`.
    55 => Fchown,
    /// `openat(dirfd, path, flags, mode) -> fd`.
    56 => Openat,
    /// `close(fd)`.
    57 => Close,
    /// `pipe2(fds, flags)`.
    59 => Pipe2,
    /// `getdents64(fd, buffer, size) -> bytes`.
    61 => Getdents64,
    /// `lseek(fd, offset, whence) -> offset`.
    62 => Lseek,
    /// `read(fd, buffer, size) -> bytes`.
    63 => Read,
    /// `write(fd, buffer, size) -> bytes`.
    64 => Write,
    /// `readv(fd, vector, count) -> bytes`.
    65 => Readv,
    /// `writev(fd, vector, count) -> bytes`.
    66 => Writev,
    /// `pread64(fd, buffer, size, offset) -> bytes`.
    67 => Pread64,
    /// `pwrite64(fd, buffer, size, offset) -> bytes`.
    68 => Pwrite64,
    /// `preadv(fd, vector, count, offset) -> bytes`.
    69 => Preadv,
    /// `pwritev(fd, vector, count, offset) -> bytes`.
    70 => Pwritev,
    /// `sendfile(out, in, offset, count) -> bytes`.
    71 => Sendfile,
    /// `pselect6(count, read, write, except, timeout, mask) -> files that are ready`.
    72 => Pselect6,
    /// `ppoll(files, count, timeout, mask, mask_size) -> files that are ready`.
    73 => Ppoll,
    /// `signalfd4(fd, mask, mask_size, flags) -> fd`.
    74 => Signalfd4,
    /// `vmsplice(fd, vector, count, flags) -> bytes`.
    75 => Vmsplice,
    /// `splice(in, in_offset, out, out_offset, size, flags) -> bytes`.
    76 => Splice,
    /// `tee(in, out, size, flags) -> bytes`.
    77 => Tee,
    /// `readlinkat(dirfd, path, buffer, size) -> bytes`.
    78 => Readlinkat,
    /// `newfstatat(dirfd, path, stat, flags)`.
    79 => Newfstatat,
    /// `fstat(fd, stat)`.
    80 => Fstat,
    /// `sync()`.
    81 => Sync,
    /// `fsync(fd)`.
    82 => Fsync,
    /// `fdatasync(fd)`.
    83 => Fdatasync,
    /// `sync_file_range(fd, offset, count, flags)`.
    84 => SyncFileRange,
    /// `timerfd_create(clock, flags) -> fd`.
    85 => TimerfdCreate,
    /// `timerfd_settime(fd, flags, new, old)`.
    86 => TimerfdSettime,
    /// `timerfd_gettime(fd, current)`.
    87 => TimerfdGettime,
    /// `utimensat(dirfd, path, times, flags)`.
    88 => Utimensat,
    /// `capget(header, data)`.
    90 => Capget,
    /// `capset(header, data)`.
    91 => Capset,
    /// `personality(persona) -> old persona`.
    92 => Personality,
    /// `exit(status)`: ends the calling thread.
    93 => Exit,
    /// `exit_group(status)`: ends the process.
    94 => ExitGroup,
    /// `waitid(which, id, info, options, rusage)`.
    95 => Waitid,
    /// `set_tid_address(address) -> tid`.
    96 => SetTidAddress,
    /// `futex(address, operation, value, timeout, address2, value3)`.
    98 => Futex,
    /// `set_robust_list(head, size)`.
    99 => SetRobustList,
    /// `get_robust_list(tid, head, size)`.
    100 => GetRobustList,
    /// `nanosleep(request, remaining)`.
    101 => Nanosleep,
    /// `getitimer(which, value)`.
    102 => Getitimer,
    /// `setitimer(which, new, old)`.
    103 => Setitimer,
    /// `timer_create(clock, event, timer)`.
    107 => TimerCreate,
    /// `timer_gettime(timer, value)`.
    108 => TimerGettime,
    /// `timer_getoverrun(timer) -> count`.
    109 => TimerGetoverrun,
    /// `timer_settime(timer, flags, new, old)`.
    110 => TimerSettime,
    /// `timer_delete(timer)`.
    111 => TimerDelete,
    /// `clock_settime(clock, time)`.
    112 => ClockSettime,
    /// `clock_gettime(clock, time)`.
    113 => ClockGettime,
    /// `clock_getres(clock, resolution)`.
    114 => ClockGetres,
    /// `clock_nanosleep(clock, flags, request, remaining)`.
    115 => ClockNanosleep,
    /// `syslog(action, buffer, size) -> bytes`.
    116 => Syslog,
    /// `sched_setparam(tid, parameters)`.
    118 => SchedSetparam,
    /// `sched_setscheduler(tid, policy, parameters)`.
    119 => SchedSetscheduler,
    /// `sched_getscheduler(tid) -> policy`.
    120 => SchedGetscheduler,
    /// `sched_getparam(tid, parameters)`.
    121 => SchedGetparam,
    /// `sched_setaffinity(tid, size, cores)`.
    122 => SchedSetaffinity,
    /// `sched_getaffinity(tid, size, cores) -> bytes`.
    123 => SchedGetaffinity,
    /// `sched_yield()`.
    124 => SchedYield,
    /// `sched_get_priority_max(policy) -> priority`.
    125 => SchedGetPriorityMax,
    /// `sched_get_priority_min(policy) -> priority`.
    126 => SchedGetPriorityMin,
    /// `sched_rr_get_interval(tid, time)`.
    127 => SchedRrGetInterval,
    /// `kill(pid, signal)`.
    129 => Kill,
    /// `tkill(tid, signal)`.
    130 => Tkill,
    /// `tgkill(pid, tid, signal)`.
    131 => Tgkill,
    /// `sigaltstack(new, old)`.
    132 => Sigaltstack,
    /// `rt_sigsuspend(mask, size)`.
    133 => RtSigsuspend,
    /// `rt_sigaction(signal, new, old, size)`.
    134 => RtSigaction,
    /// `rt_sigprocmask(how, new, old, size)`.
    135 => RtSigprocmask,
    /// `rt_sigpending(set, size)`.
    136 => RtSigpending,
    /// `rt_sigtimedwait(set, info, timeout, size) -> signal`.
    137 => RtSigtimedwait,
    /// `rt_sigqueueinfo(pid, signal, info)`.
    138 => RtSigqueueinfo,
    /// `rt_sigreturn()`: ends a handler.
    139 => RtSigreturn,
    /// `setpriority(which, who, nice)`.
    140 => Setpriority,
    /// `getpriority(which, who) -> 20 - nice`.
    141 => Getpriority,
    /// `reboot(magic1, magic2, command)`.
    142 => Reboot,
    /// `setregid(real, effective)`.
    143 => Setregid,
    /// `setgid(gid)`.
    144 => Setgid,
    /// `setreuid(real, effective)`.
    145 => Setreuid,
    /// `setuid(uid)`.
    146 => Setuid,
    /// `setresuid(real, effective, saved)`.
    147 => Setresuid,
    /// `getresuid(real, effective, saved)`.
    148 => Getresuid,
    /// `setresgid(real, effective, saved)`.
    149 => Setresgid,
    /// `getresgid(real, effective, saved)`.
    150 => Getresgid,
    /// `setfsuid(user) -> user before`.
    151 => Setfsuid,
    /// `setfsgid(group) -> group before`.
    152 => Setfsgid,
    /// `times(buffer) -> ticks`.
    153 => Times,
    /// `setpgid(pid, pgid)`.
    154 => Setpgid,
    /// `getpgid(pid) -> pgid`.
    155 => Getpgid,
    /// `getsid(pid) -> sid`.
    156 => Getsid,
    /// `setsid() -> sid`.
    157 => Setsid,
    /// `getgroups(count, groups) -> groups`.
    158 => Getgroups,
    /// `setgroups(count, groups)`.
    159 => Setgroups,
    /// `uname(buffer)`.
    160 => Uname,
    /// `sethostname(name, length)`.
    161 => Sethostname,
    /// `setdomainname(name, length)`.
    162 => Setdomainname,
    /// `getrlimit(resource, limit)`.
    163 => Getrlimit,
    /// `setrlimit(resource, limit)`.
    164 => Setrlimit,
    /// `getrusage(who, usage)`.
    165 => Getrusage,
    /// `umask(mask) -> old mask`.
    166 => Umask,
    /// `prctl(option, argument, ...)`.
    167 => Prctl,
    /// `getcpu(core, node)`.
    168 => Getcpu,
    /// `gettimeofday(time, zone)`.
    169 => Gettimeofday,
    /// `settimeofday(time, zone)`.
    170 => Settimeofday,
    /// `getpid() -> pid`.
    172 => Getpid,
    /// `getppid() -> pid`.
    173 => Getppid,
    /// `getuid() -> uid`.
    174 => Getuid,
    /// `geteuid() -> uid`.
    175 => Geteuid,
    /// `getgid() -> gid`.
    176 => Getgid,
    /// `getegid() -> gid`.
    177 => Getegid,
    /// `gettid() -> tid`.
    178 => Gettid,
    /// `sysinfo(record)`.
    179 => Sysinfo,
    /// `mq_open(name, flags, mode, attributes) -> fd`.
    180 => MqOpen,
    /// `mq_unlink(name)`.
    181 => MqUnlink,
    /// `mq_timedsend(fd, message, size, priority, deadline)`.
    182 => MqTimedsend,
    /// `mq_timedreceive(fd, buffer, size, priority, deadline) -> bytes`.
    183 => MqTimedreceive,
    /// `mq_notify(fd, event)`.
    184 => MqNotify,
    /// `mq_getsetattr(fd, new, old)`.
    185 => MqGetsetattr,
    /// `msgget(key, flags) -> id`.
    186 => Msgget,
    /// `msgctl(id, command, record)`.
    187 => Msgctl,
    /// `msgrcv(id, message, size, type, flags) -> bytes`.
    188 => Msgrcv,
    /// `msgsnd(id, message, size, flags)`.
    189 => Msgsnd,
    /// `semget(key, count, flags) -> id`.
    190 => Semget,
    /// `semctl(id, number, command, argument)`.
    191 => Semctl,
    /// `semtimedop(id, operations, count, timeout)`.
    192 => Semtimedop,
    /// `semop(id, operations, count)`.
    193 => Semop,
    /// `shmget(key, size, flags) -> id`.
    194 => Shmget,
    /// `shmctl(id, command, record)`.
    195 => Shmctl,
    /// `shmat(id, address, flags) -> address`.
    196 => Shmat,
    /// `shmdt(address)`.
    197 => Shmdt,
    /// `socket(family, type, protocol) -> fd`.
    198 => Socket,
    /// `socketpair(family, type, protocol, fds)`.
    199 => Socketpair,
    /// `bind(fd, address, length)`.
    200 => Bind,
    /// `listen(fd, backlog)`.
    201 => Listen,
    /// `accept(fd, address, length) -> fd`.
    202 => Accept,
    /// `connect(fd, address, length)`.
    203 => Connect,
    /// `getsockname(fd, address, length)`.
    204 => Getsockname,
    /// `getpeername(fd, address, length)`.
    205 => Getpeername,
    /// `sendto(fd, buffer, size, flags, address, length) -> bytes`.
    206 => Sendto,
    /// `recvfrom(fd, buffer, size, flags, address, length) -> bytes`.
    207 => Recvfrom,
    /// `setsockopt(fd, level, option, value, length)`.
    208 => Setsockopt,
    /// `getsockopt(fd, level, option, value, length)`.
    209 => Getsockopt,
    /// `shutdown(fd, how)`.
    210 => Shutdown,
    /// `sendmsg(fd, message, flags) -> bytes`.
    211 => Sendmsg,
    /// `recvmsg(fd, message, flags) -> bytes`.
    212 => Recvmsg,
    /// `brk(address) -> address`.
    214 => Brk,
    /// `munmap(address, length)`.
    215 => Munmap,
    /// `mremap(old, old_size, new_size, flags, new) -> address`.
    216 => Mremap,
    /// `clone(flags, stack, parent_tid, tls, child_tid) -> pid`.
    220 => Clone,
    /// `execve(path, argv, envp)`.
    221 => Execve,
    /// `mmap(address, length, protection, flags, fd, offset) -> address`.
    222 => Mmap,
    /// `fadvise64(fd, offset, length, advice)`.
    223 => Fadvise64,
    /// `mprotect(address, length, protection)`.
    226 => Mprotect,
    /// `msync(address, length, flags)`.
    227 => Msync,
    /// `mlock(address, length)`.
    228 => Mlock,
    /// `munlock(address, length)`.
    229 => Munlock,
    /// `mlockall(flags)`.
    230 => Mlockall,
    /// `munlockall()`.
    231 => Munlockall,
    /// `mincore(address, size, pages)`.
    232 => Mincore,
    /// `madvise(address, length, advice)`.
    233 => Madvise,
    /// `rt_tgsigqueueinfo(pid, tid, signal, info)`.
    240 => RtTgsigqueueinfo,
    /// `accept4(fd, address, length, flags) -> fd`.
    242 => Accept4,
    /// `recvmmsg(fd, messages, count, flags, timeout) -> messages`.
    243 => Recvmmsg,
    /// `wait4(pid, status, options, rusage) -> pid`.
    260 => Wait4,
    /// `prlimit64(pid, resource, new, old)`.
    261 => Prlimit64,
    /// `syncfs(fd)`.
    267 => Syncfs,
    /// `sendmmsg(fd, messages, count, flags) -> messages`.
    269 => Sendmmsg,
    /// `process_vm_readv(pid, own, count, other, count, flags) -> bytes`.
    270 => ProcessVmReadv,
    /// `process_vm_writev(pid, own, count, other, count, flags) -> bytes`.
    271 => ProcessVmWritev,
    /// `renameat2(olddirfd, old, newdirfd, new, flags)`.
    276 => Renameat2,
    /// `getrandom(buffer, size, flags) -> bytes`.
    278 => Getrandom,
    /// `memfd_create(name, flags) -> fd`.
    279 => MemfdCreate,
    /// `execveat(dirfd, path, arguments, environment, flags)`.
    281 => Execveat,
    /// `membarrier(command, flags, core)`.
    283 => Membarrier,
    /// `mlock2(address, length, flags)`.
    284 => Mlock2,
    /// `copy_file_range(in, in_offset, out, out_offset, count, flags) -> bytes`.
    285 => CopyFileRange,
    /// `preadv2(fd, vector, count, offset, unused, flags) -> bytes`.
    286 => Preadv2,
    /// `pwritev2(fd, vector, count, offset, unused, flags) -> bytes`.
    287 => Pwritev2,
    /// `statx(dirfd, path, flags, mask, record)`.
    291 => Statx,
    /// `pidfd_send_signal(pidfd, signal, info, flags)`.
    424 => PidfdSendSignal,
    /// `pidfd_open(pid, flags) -> pidfd`.
    434 => PidfdOpen,
    /// `close_range(first, last, flags)`.
    436 => CloseRange,
    /// `openat2(dirfd, path, how, size) -> fd`.
    437 => Openat2,
    /// `pidfd_getfd(pidfd, fd, flags) -> fd`.
    438 => PidfdGetfd,
    /// `faccessat2(dirfd, path, mode, flags)`.
    439 => Faccessat2,
    /// `epoll_pwait2(epfd, events, capacity, timeout, mask, mask_size) -> events`.
    441 => EpollPwait2,
    /// `fchmodat2(dirfd, path, mode, flags)`.
    452 => Fchmodat2,

    /// `region_create(name, name_length, request, request_size) -> fd`; a name of length 0 makes a
    /// region without a name.
    0x1000 => RegionCreate,
    /// `region_open(name, name_length, flags) -> fd`.
    0x1001 => RegionOpen,
    /// `region_set_length(fd, bytes)`.
    0x1002 => RegionSetLength,
    /// `region_map(fd, rights, offset, bytes) -> address`: a view; `bytes` 0 for one of the whole
    /// region, which grows with it.
    0x1003 => RegionMap,
    /// `region_unmap(address)`: ends the view that begins there.
    0x1004 => RegionUnmap,
    /// `region_unlink(name, name_length)`.
    0x1005 => RegionUnlink,
    /// `region_list(records, capacity) -> regions`: fills as many records as fit.
    0x1006 => RegionList,
    /// `region_stat(fd, record)`.
    0x1007 => RegionStat,
    /// `region_departure_word(address, flags)`: when the caller's address space ends, however it
    /// ends, the kernel adds 1 to the 32-bit word there, in a shared view, and wakes all who wait on
    /// it; with `DEPARTURE_WITHDRAW` no longer.
    0x1008 => RegionDepartureWord,
    /// `region_read(fd, offset, buffer, size) -> bytes`: one copy that no `region_write` tears;
    /// fewer bytes at the region's end.
    0x1009 => RegionRead,
    /// `region_write(fd, offset, buffer, size) -> bytes`: all of it, or an error and nothing.
    0x100A => RegionWrite,
    /// `region_seal(fd, seals) -> seals`: adds seals and tells all; 0 only tells.
    0x100B => RegionSeal,
    /// `region_notify(fd, offset, length) -> number`: tells those who wait that bytes have changed.
    0x100C => RegionNotify,
    /// `region_wait_change(fd, seen, timeout, record) -> number`: waits for a change later than
    /// number `seen`, at most for the relative time, or for ever if that is null.
    0x100D => RegionWaitChange,
    /// `region_lock(fd, flags, timeout)`: takes the region's lock; fails with `EOWNERDEAD`, and has
    /// it, if its holder died.
    0x100E => RegionLock,
    /// `region_unlock(fd, flags)`.
    0x100F => RegionUnlock,
    /// `process_list(records, capacity) -> processes`: fills as many records as fit.
    0x1010 => ProcessList,
    /// `memory_info(record)`.
    0x1011 => MemoryInfo,
    /// `system_info(record)`.
    0x1012 => SystemInfo,
    /// `region_wait_name(name, name_length, timeout)`: waits until a region of that name exists.
    0x1013 => RegionWaitName,
    /// `region_leave(fd)`: ends all of the caller's views of the region and closes the descriptor.
    0x1014 => RegionLeave,
    /// `region_inherit_handle(fd, inheritance) -> inheritance before`.
    0x1015 => RegionInheritHandle,
    /// `region_inherit_view(address, inheritance) -> inheritance before`, for the view there.
    0x1016 => RegionInheritView,
    /// `region_approve(pid, fd, rights)`: decides what a child gets of handles and views that were
    /// to be asked for; rights 0 denies.
    0x1017 => RegionApprove,
    /// `region_quota(scope, number, new, old)`: tells a quota and sets it, where not null.
    0x1018 => RegionQuota,
    /// `region_handles(pid, records, capacity) -> handles`: fills as many records as fit.
    0x1019 => RegionHandles,
    /// `region_views(pid, records, capacity) -> views`: fills as many records as fit.
    0x101A => RegionViews,
    /// `region_pages(name, name_length, first, stride, words, count) -> words`: for each `stride`th page from `first`
    /// on, a 32-bit word: 0 if it has no memory yet, else a fingerprint of some of its bytes. Fewer words at the
    /// region's end. Who asks does not become a user of the region.
    0x101B => RegionPages,

    /// `vm_offer(pid, address, length, flags)`: offers pages to a process; length 0 cancels.
    0x1020 => VmOffer,
    /// `vm_claim(pid, remote_address, local_address, length, flags)`: takes what that process has
    /// offered there; stores where it appeared and how long it is. There are no flags yet.
    0x1021 => VmClaim,
    /// `vm_list_offers(records, count, pid)`: tells what the process (0: the caller) has sent and
    /// received: at most `*count` offers; stores how many there are. If they do not fit, `ERANGE`,
    /// and the records stay as they were.
    0x1022 => VmListOffers,
    /// `vm_wait_offer(record, timeout)`: waits for an offer to the caller, and tells the oldest.
    0x1023 => VmWaitOffer,
    /// `vm_offer_descriptor(flags) -> fd`: a descriptor that is ready for reading while an offer to
    /// the caller is open. A read tells offers as `vm_wait_offer` does, as many as fit, the oldest
    /// first, and takes none away.
    0x1024 => VmOfferDescriptor,
    /// `vm_wait_claim(pid, address, timeout)`: waits until what the caller has offered to the process
    /// there is no longer open: it was claimed or cancelled, or the receiver has ended.
    0x1025 => VmWaitClaim,
    /// `vm_offer_log() -> address`: process 0, which is the kernel, offers its log to the caller, by
    /// that address; for root only.
    0x1026 => VmOfferLog,
    /// `topic_advertise(request, request_size) -> fd`: a publisher, until the descriptor is closed.
    0x1030 => TopicAdvertise,
    /// `topic_subscribe(request, request_size) -> fd`: a subscriber, until the descriptor is closed.
    0x1031 => TopicSubscribe,
    /// `topic_publish(fd, address, length, timeout, freed) -> entry`: bytes of the publisher's pool
    /// are a message from now on; tells which older ones are the publisher's again.
    0x1032 => TopicPublish,
    /// `topic_take(fd, flags, timeout, record) -> entry`: a message, to be held until it is released.
    0x1033 => TopicTake,
    /// `topic_release(fd, entry)`.
    0x1034 => TopicRelease,
    /// `topic_list(records, capacity) -> topics`: fills as many records as fit.
    0x1035 => TopicList,
    /// `topic_info(name, name_length, record)`.
    0x1036 => TopicInfo,
    /// `topic_status(fd, record)`: as `topic_info`; changes up to now are no longer urgent to read.
    0x1037 => TopicStatus,
    /// `topic_reclaim(fd, freed)`: tells which messages are the publisher's again.
    0x1038 => TopicReclaim,
    /// `topic_members(name, name_length, records, capacity) -> members`: fills as many records of
    /// publishers and subscribers as fit.
    0x1039 => TopicMembers,
    /// `trace_create(bytes, text_max, flags) -> fd`: a trace without processes, whose ring of so many
    /// bytes is what a view of the descriptor shows; of strings and buffers `text_max` bytes are kept.
    0x1040 => TraceCreate,
    /// `trace_attach(fd, pid, flags)`: records the process's calls from now on.
    0x1041 => TraceAttach,
    /// `trace_wait(fd, read, timeout) -> written`: what is before position `read` is not needed any
    /// more; waits until there is something behind it, or nobody left who could write: the position
    /// is the same then.
    0x1042 => TraceWait,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_found_again() {
        for (index, call) in Sysno::ALL.iter().enumerate() {
            assert_eq!(Sysno::from_number(*call as u64), Some(*call));
            assert!(Sysno::ALL[..index].iter().all(|other| *other as u64 != *call as u64));
        }
    }

    #[test]
    fn a_number_between_the_calls_is_unknown() {
        assert_eq!(Sysno::from_number(0), None);
        assert_eq!(Sysno::from_number(u64::MAX), None);
    }
}
