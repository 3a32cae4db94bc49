//! Which calls take memory of the kernel's own.

use abi::Sysno;

/// Whether a call makes objects in the kernel's heap, so that it is refused when that is short.
///
/// Calls about views look for themselves (`mm`): most of them make nothing, or make room.
pub const fn makes_objects(call: Sysno) -> bool {
    makes_files_or_processes(call) || makes_messages(call)
}

const fn makes_files_or_processes(call: Sysno) -> bool {
    matches!(
        call,
        Sysno::Clone
            | Sysno::Execve
            | Sysno::Mknodat
            | Sysno::Mkdirat
            | Sysno::Linkat
            | Sysno::Symlinkat
            | Sysno::Renameat
            | Sysno::Renameat2
            | Sysno::Fcntl
            | Sysno::Flock
            | Sysno::Openat
            | Sysno::Pipe2
            | Sysno::Ppoll
            | Sysno::Pselect6
            | Sysno::Setitimer
            | Sysno::TimerCreate
            | Sysno::TimerSettime
            | Sysno::RtSigqueueinfo
            | Sysno::RtTgsigqueueinfo
            | Sysno::Eventfd2
            | Sysno::EpollCreate1
            | Sysno::EpollCtl
            | Sysno::TimerfdCreate
            | Sysno::Socket
            | Sysno::Socketpair
            | Sysno::Bind
            | Sysno::Accept
            | Sysno::Accept4
            | Sysno::Connect
            | Sysno::Sendto
            | Sysno::Sendmsg
            | Sysno::Mmap
            | Sysno::RegionCreate
            | Sysno::RegionOpen
            | Sysno::RegionMap
            | Sysno::RegionApprove
            | Sysno::VmOffer
            | Sysno::VmClaim
            | Sysno::VmOfferDescriptor
            | Sysno::VmOfferLog
            | Sysno::TopicAdvertise
            | Sysno::TopicSubscribe
            | Sysno::TopicPublish
            | Sysno::TraceCreate
    )
}

/// What processes send each other, and what that goes through.
const fn makes_messages(call: Sysno) -> bool {
    matches!(
        call,
        Sysno::Execveat
            | Sysno::Openat2
            | Sysno::PidfdOpen
            | Sysno::PidfdGetfd
            | Sysno::Signalfd4
            | Sysno::Sendmmsg
            | Sysno::MqOpen
            | Sysno::MqTimedsend
            | Sysno::Msgget
            | Sysno::Msgsnd
            | Sysno::Semget
            | Sysno::Semop
            | Sysno::Semtimedop
            | Sysno::Shmget
            | Sysno::Shmat
    )
}
