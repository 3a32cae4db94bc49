//! Memory of processes, and words that they wait on.

use super::{Signature, signatures};
use crate::Sysno;
use crate::trace::shape::Kind::{
    Address, Fd, Filled, Flags, FutexTimeout, Hex, Int, One, Structure as S, Text, Unsigned, Vector,
};
use crate::trace::shape::Way::{In, Out};
use crate::trace::shape::{Kind, Outcome, Set, Structure};

signatures! {
    Brk "brk" (Address) Address;
    Munmap "munmap" (Address, Unsigned) Number;
    Mremap "mremap" (Address, Unsigned, Unsigned, Flags(Set::Remap), Address) Address;
    Mmap "mmap" (Address, Unsigned, Flags(Set::Protection), Flags(Set::Map), Fd, Hex) Address;
    Mprotect "mprotect" (Address, Unsigned, Flags(Set::Protection)) Number;
    Msync "msync" (Address, Unsigned, Flags(Set::Msync)) Number;
    Mlock "mlock" (Address, Unsigned) Number;
    Mlock2 "mlock2" (Address, Unsigned, Hex) Number;
    Munlock "munlock" (Address, Unsigned) Number;
    Mlockall "mlockall" (Flags(Set::MlockAll)) Number;
    Munlockall "munlockall" () Number;
    Mincore "mincore" (Address, Unsigned, Address) Number;
    Madvise "madvise" (Address, Unsigned, One(Set::AdviceMemory)) Number;
    MemfdCreate "memfd_create" (Text, Flags(Set::MemoryFile)) Number;
    Membarrier "membarrier" (One(Set::Barrier), Hex, Int) Number;
    ProcessVmReadv "process_vm_readv" (
        Int, Vector(2, Out), Unsigned, Address, Unsigned, Hex,
    ) Number;
    ProcessVmWritev "process_vm_writev" (
        Int, Vector(2, In), Unsigned, Address, Unsigned, Hex,
    ) Number;
    Futex "futex" (
        Address, One(Set::FutexOperation), Unsigned, FutexTimeout, Address, Hex,
    ) Number;
    SetRobustList "set_robust_list" (Address, Unsigned) Number;
    GetRobustList "get_robust_list" (
        Int, S(Structure::Long, Out), S(Structure::Long, Out),
    ) Number;
    Getrandom "getrandom" (Filled(1), Unsigned, Flags(Set::Random)) Number;
}
