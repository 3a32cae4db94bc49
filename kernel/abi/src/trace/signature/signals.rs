//! Signals.

use super::{Signature, signatures};
use crate::Sysno;
use crate::trace::shape::Kind::{Fd, Flags, Hex, Int, One, Signal, Structure as S, Unsigned};
use crate::trace::shape::Way::{In, Out};
use crate::trace::shape::{Kind, Outcome, Set, Structure};

signatures! {
    Kill "kill" (Int, Signal) Number;
    Tkill "tkill" (Int, Signal) Number;
    Tgkill "tgkill" (Int, Int, Signal) Number;
    Sigaltstack "sigaltstack" (
        S(Structure::AlternateStack, In), S(Structure::AlternateStack, Out),
    ) Number;
    RtSigsuspend "rt_sigsuspend" (S(Structure::SignalSet, In), Unsigned) Number;
    RtSigaction "rt_sigaction" (
        Signal, S(Structure::SignalAction, In), S(Structure::SignalAction, Out), Unsigned,
    ) Number;
    RtSigprocmask "rt_sigprocmask" (
        One(Set::SignalMask), S(Structure::SignalSet, In), S(Structure::SignalSet, Out), Unsigned,
    ) Number;
    RtSigpending "rt_sigpending" (S(Structure::SignalSet, Out), Unsigned) Number;
    RtSigtimedwait "rt_sigtimedwait" (
        S(Structure::SignalSet, In), S(Structure::SignalInfo, Out), S(Structure::Time, In),
        Unsigned,
    ) Number;
    RtSigqueueinfo "rt_sigqueueinfo" (Int, Signal, S(Structure::SignalInfo, In)) Number;
    RtTgsigqueueinfo "rt_tgsigqueueinfo" (Int, Int, Signal, S(Structure::SignalInfo, In)) Number;
    RtSigreturn "rt_sigreturn" () Hex;
    Signalfd4 "signalfd4" (Fd, S(Structure::SignalSet, In), Unsigned, Flags(Set::Open)) Number;
    PidfdSendSignal "pidfd_send_signal" (Fd, Signal, S(Structure::SignalInfo, In), Hex) Number;
}
