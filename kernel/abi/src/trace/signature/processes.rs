//! Processes, threads, users, clocks and the machine.

use super::{Signature, signatures};
use crate::Sysno;
use crate::trace::shape::Kind::{
    Address, Bytes, Fd, Filled, Flags, Hex, Int, One, Path, Structure as S, Unsigned, WordCount,
    Words,
};
use crate::trace::shape::Way::{In, Out};
use crate::trace::shape::{Kind, Outcome, Set, Structure};

signatures! {
    Clone "clone" (Flags(Set::Clone), Address, Address, Address, Address) Number;
    Execve "execve" (Path, Words, WordCount) Number;
    Execveat "execveat" (Kind::Directory, Path, Words, WordCount, Flags(Set::At)) Number;
    Exit "exit" (Int) Never;
    ExitGroup "exit_group" (Int) Never;
    Wait4 "wait4" (
        Int, S(Structure::WaitStatus, Out), Flags(Set::Wait), S(Structure::Usage, Out),
    ) Number;
    Waitid "waitid" (
        One(Set::WaitFor), Int, S(Structure::SignalInfo, Out), Flags(Set::Wait),
        S(Structure::Usage, Out),
    ) Number;
    PidfdOpen "pidfd_open" (Int, Flags(Set::Open)) Number;
    PidfdGetfd "pidfd_getfd" (Fd, Fd, Hex) Number;
    SetTidAddress "set_tid_address" (Address) Number;
    Getpid "getpid" () Number;
    Getppid "getppid" () Number;
    Gettid "gettid" () Number;
    Setpgid "setpgid" (Int, Int) Number;
    Getpgid "getpgid" (Int) Number;
    Getsid "getsid" (Int) Number;
    Setsid "setsid" () Number;
    Getuid "getuid" () Number;
    Geteuid "geteuid" () Number;
    Getgid "getgid" () Number;
    Getegid "getegid" () Number;
    Setuid "setuid" (Int) Number;
    Setgid "setgid" (Int) Number;
    Setreuid "setreuid" (Int, Int) Number;
    Setregid "setregid" (Int, Int) Number;
    Setresuid "setresuid" (Int, Int, Int) Number;
    Setresgid "setresgid" (Int, Int, Int) Number;
    Getresuid "getresuid" (
        S(Structure::Int, Out), S(Structure::Int, Out), S(Structure::Int, Out),
    ) Number;
    Getresgid "getresgid" (
        S(Structure::Int, Out), S(Structure::Int, Out), S(Structure::Int, Out),
    ) Number;
    Setfsuid "setfsuid" (Int) Number;
    Setfsgid "setfsgid" (Int) Number;
    Getgroups "getgroups" (Int, Address) Number;
    Setgroups "setgroups" (Unsigned, Kind::Array(Structure::Int, 0, In)) Number;
    Capget "capget" (Address, Address) Number;
    Capset "capset" (Address, Address) Number;
    Personality "personality" (Hex) Hex;
    Getrlimit "getrlimit" (One(Set::Limit), S(Structure::Limit, Out)) Number;
    Setrlimit "setrlimit" (One(Set::Limit), S(Structure::Limit, In)) Number;
    Prlimit64 "prlimit64" (
        Int, One(Set::Limit), S(Structure::Limit, In), S(Structure::Limit, Out),
    ) Number;
    Getrusage "getrusage" (One(Set::UsageOf), S(Structure::Usage, Out)) Number;
    Times "times" (S(Structure::ProcessTimes, Out)) Number;
    Prctl "prctl" (One(Set::Process), Hex, Hex, Hex, Hex) Number;
    Getcpu "getcpu" (S(Structure::Int, Out), S(Structure::Int, Out)) Number;
    Setpriority "setpriority" (One(Set::Priority), Int, Int) Number;
    Getpriority "getpriority" (One(Set::Priority), Int) Number;
    SchedSetparam "sched_setparam" (Int, S(Structure::Int, In)) Number;
    SchedSetscheduler "sched_setscheduler" (Int, One(Set::Schedule), S(Structure::Int, In)) Number;
    SchedGetscheduler "sched_getscheduler" (Int) Number;
    SchedGetparam "sched_getparam" (Int, S(Structure::Int, Out)) Number;
    SchedSetaffinity "sched_setaffinity" (Int, Unsigned, S(Structure::SignalSet, In)) Number;
    SchedGetaffinity "sched_getaffinity" (Int, Unsigned, S(Structure::SignalSet, Out)) Number;
    SchedYield "sched_yield" () Number;
    SchedGetPriorityMax "sched_get_priority_max" (One(Set::Schedule)) Number;
    SchedGetPriorityMin "sched_get_priority_min" (One(Set::Schedule)) Number;
    SchedRrGetInterval "sched_rr_get_interval" (Int, S(Structure::Time, Out)) Number;
    Nanosleep "nanosleep" (S(Structure::Time, In), Address) Number;
    ClockNanosleep "clock_nanosleep" (
        One(Set::Clock), Flags(Set::ClockFlags), S(Structure::Time, In), Address,
    ) Number;
    ClockSettime "clock_settime" (One(Set::Clock), S(Structure::Time, In)) Number;
    ClockGettime "clock_gettime" (One(Set::Clock), S(Structure::Time, Out)) Number;
    ClockGetres "clock_getres" (One(Set::Clock), S(Structure::Time, Out)) Number;
    Gettimeofday "gettimeofday" (S(Structure::TimeValue, Out), Address) Number;
    Settimeofday "settimeofday" (S(Structure::TimeValue, In), Address) Number;
    Getitimer "getitimer" (One(Set::Interval), S(Structure::Interval, Out)) Number;
    Setitimer "setitimer" (
        One(Set::Interval), S(Structure::Interval, In), S(Structure::Interval, Out),
    ) Number;
    TimerCreate "timer_create" (
        One(Set::Clock), S(Structure::SignalEvent, In), S(Structure::Int, Out),
    ) Number;
    TimerGettime "timer_gettime" (Int, S(Structure::TimerTime, Out)) Number;
    TimerGetoverrun "timer_getoverrun" (Int) Number;
    TimerSettime "timer_settime" (
        Int, Flags(Set::ClockFlags), S(Structure::TimerTime, In), S(Structure::TimerTime, Out),
    ) Number;
    TimerDelete "timer_delete" (Int) Number;
    Syslog "syslog" (Int, Filled(2), Unsigned) Number;
    Reboot "reboot" (Hex, Hex, Hex) Number;
    Uname "uname" (S(Structure::SystemName, Out)) Number;
    Sysinfo "sysinfo" (S(Structure::SystemUsage, Out)) Number;
    Sethostname "sethostname" (Bytes(1), Unsigned) Number;
    Setdomainname "setdomainname" (Bytes(1), Unsigned) Number;
}
