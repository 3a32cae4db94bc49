//! Sockets, message queues and System V's objects.

use super::{Signature, signatures};
use crate::Sysno;
use crate::trace::shape::Kind::{
    Address, Bytes, Fd, Filled, Flags, Hex, Int, Long, Message, Octal, One, SocketAddress,
    SocketAddressOut, Structure as S, Text, Unsigned,
};
use crate::trace::shape::Way::{Both, In, Out};
use crate::trace::shape::{Kind, Outcome, Set, Structure};

signatures! {
    Socket "socket" (One(Set::SocketFamily), Flags(Set::SocketType), Int) Number;
    Socketpair "socketpair" (
        One(Set::SocketFamily), Flags(Set::SocketType), Int, S(Structure::Descriptors, Out),
    ) Number;
    Bind "bind" (Fd, SocketAddress(2), Unsigned) Number;
    Listen "listen" (Fd, Int) Number;
    Accept "accept" (Fd, SocketAddressOut(2), S(Structure::Int, Both)) Number;
    Accept4 "accept4" (
        Fd, SocketAddressOut(2), S(Structure::Int, Both), Flags(Set::SocketType),
    ) Number;
    Connect "connect" (Fd, SocketAddress(2), Unsigned) Number;
    Getsockname "getsockname" (Fd, SocketAddressOut(2), S(Structure::Int, Both)) Number;
    Getpeername "getpeername" (Fd, SocketAddressOut(2), S(Structure::Int, Both)) Number;
    Sendto "sendto" (
        Fd, Bytes(2), Unsigned, Flags(Set::MessageFlags), SocketAddress(5), Unsigned,
    ) Number;
    Recvfrom "recvfrom" (
        Fd, Filled(2), Unsigned, Flags(Set::MessageFlags), SocketAddressOut(5),
        S(Structure::Int, Both),
    ) Number;
    Setsockopt "setsockopt" (
        Fd, One(Set::SocketLevel), One(Set::SocketOption), Bytes(4), Unsigned,
    ) Number;
    Getsockopt "getsockopt" (
        Fd, One(Set::SocketLevel), One(Set::SocketOption), S(Structure::Int, Out),
        S(Structure::Int, Both),
    ) Number;
    Shutdown "shutdown" (Fd, One(Set::Shutdown)) Number;
    Sendmsg "sendmsg" (Fd, Message(In), Flags(Set::MessageFlags)) Number;
    Recvmsg "recvmsg" (Fd, Message(Out), Flags(Set::MessageFlags)) Number;
    Recvmmsg "recvmmsg" (
        Fd, Address, Unsigned, Flags(Set::MessageFlags), S(Structure::Time, In),
    ) Number;
    Sendmmsg "sendmmsg" (Fd, Address, Unsigned, Flags(Set::MessageFlags)) Number;
    MqOpen "mq_open" (
        Text, Flags(Set::Open), Kind::CreationMode(1), S(Structure::MessageQueue, In),
    ) Number;
    MqUnlink "mq_unlink" (Text) Number;
    MqTimedsend "mq_timedsend" (
        Fd, Bytes(2), Unsigned, Unsigned, S(Structure::Time, In),
    ) Number;
    MqTimedreceive "mq_timedreceive" (
        Fd, Filled(2), Unsigned, S(Structure::Int, Out), S(Structure::Time, In),
    ) Number;
    MqNotify "mq_notify" (Fd, S(Structure::SignalEvent, In)) Number;
    MqGetsetattr "mq_getsetattr" (
        Fd, S(Structure::MessageQueue, In), S(Structure::MessageQueue, Out),
    ) Number;
    Msgget "msgget" (Hex, Octal) Number;
    Msgctl "msgctl" (Int, Int, Address) Number;
    Msgrcv "msgrcv" (Int, Address, Unsigned, Long, Octal) Number;
    Msgsnd "msgsnd" (Int, Address, Unsigned, Octal) Number;
    Semget "semget" (Hex, Int, Octal) Number;
    Semctl "semctl" (Int, Int, Int, Hex) Number;
    Semtimedop "semtimedop" (Int, Address, Unsigned, S(Structure::Time, In)) Number;
    Semop "semop" (Int, Address, Unsigned) Number;
    Shmget "shmget" (Hex, Unsigned, Octal) Number;
    Shmctl "shmctl" (Int, Int, Address) Number;
    Shmat "shmat" (Int, Address, Octal) Address;
    Shmdt "shmdt" (Address) Number;
}
