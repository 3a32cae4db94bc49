//! Which calls take memory of the kernel's own.

use abi::Sysno;

/// Whether a call makes objects in the kernel's heap, so that it is refused when that is short.
///
/// Calls about views look for themselves (`mm`): most of them make nothing, or make room.
pub const fn makes_objects(call: Sysno) -> bool {
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
            | Sysno::MqOpen
            | Sysno::MqTimedsend
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
    )
}
