//! Commons' own calls: regions, offers, topics, traces.

use super::{Signature, signatures};
use crate::Sysno;
use crate::trace::shape::Kind::{
    Address, Bytes, Fd, Filled, Flags, Hex, Int, Name, One, Structure as S, Unsigned,
};
use crate::trace::shape::Way::{Both, In, Out};
use crate::trace::shape::{Kind, Outcome, Set, Structure};

signatures! {
    RegionCreate "region_create" (
        Name(1), Unsigned, S(Structure::RegionRequest, In), Unsigned,
    ) Number;
    RegionOpen "region_open" (Name(1), Unsigned, Flags(Set::RegionOpenFlags)) Number;
    RegionSetLength "region_set_length" (Fd, Unsigned) Number;
    RegionMap "region_map" (Fd, Flags(Set::Rights), Hex, Unsigned) Address;
    RegionUnmap "region_unmap" (Address) Number;
    RegionUnlink "region_unlink" (Name(1), Unsigned) Number;
    RegionList "region_list" (Address, Unsigned) Number;
    RegionStat "region_stat" (Fd, S(Structure::Region, Out)) Number;
    RegionDepartureWord "region_departure_word" (Address, Flags(Set::DepartureFlags)) Number;
    RegionRead "region_read" (Fd, Unsigned, Filled(3), Unsigned) Number;
    RegionWrite "region_write" (Fd, Unsigned, Bytes(3), Unsigned) Number;
    RegionSeal "region_seal" (Fd, Flags(Set::Seals)) Hex;
    RegionNotify "region_notify" (Fd, Unsigned, Unsigned) Number;
    RegionWaitChange "region_wait_change" (
        Fd, Unsigned, S(Structure::Time, In), S(Structure::Change, Out),
    ) Number;
    RegionLock "region_lock" (Fd, Flags(Set::LockFlags), S(Structure::Time, In)) Number;
    RegionUnlock "region_unlock" (Fd, Flags(Set::LockFlags)) Number;
    RegionWaitName "region_wait_name" (Name(1), Unsigned, S(Structure::Time, In)) Number;
    RegionLeave "region_leave" (Fd) Number;
    RegionInheritHandle "region_inherit_handle" (Fd, One(Set::Inheritance)) Number;
    RegionInheritView "region_inherit_view" (Address, One(Set::Inheritance)) Number;
    RegionApprove "region_approve" (Int, Fd, Flags(Set::Rights)) Number;
    RegionQuota "region_quota" (
        One(Set::QuotaScope), Unsigned, S(Structure::Long, In), S(Structure::Quota, Out),
    ) Number;
    RegionHandles "region_handles" (Int, Address, Unsigned) Number;
    RegionViews "region_views" (Int, Address, Unsigned) Number;
    RegionPages "region_pages" (Name(1), Unsigned, Unsigned, Unsigned, Address, Unsigned) Number;
    ProcessList "process_list" (Address, Unsigned) Number;
    MemoryInfo "memory_info" (S(Structure::Memory, Out)) Number;
    SystemInfo "system_info" (S(Structure::System, Out)) Number;
    VmOffer "vm_offer" (Int, Address, Unsigned, Flags(Set::OfferFlags)) Number;
    VmClaim "vm_claim" (
        Int, Address, S(Structure::Long, Both), S(Structure::Long, Both), Hex,
    ) Number;
    VmListOffers "vm_list_offers" (Address, S(Structure::Long, Both), Int) Number;
    VmWaitOffer "vm_wait_offer" (S(Structure::Offer, Out), S(Structure::Time, In)) Number;
    VmOfferDescriptor "vm_offer_descriptor" (Flags(Set::Open)) Number;
    VmOfferLog "vm_offer_log" () Address;
    VmWaitClaim "vm_wait_claim" (Int, Address, S(Structure::Time, In)) Number;
    TopicAdvertise "topic_advertise" (S(Structure::TopicRequest, In), Unsigned) Number;
    TopicSubscribe "topic_subscribe" (S(Structure::TopicRequest, In), Unsigned) Number;
    TopicPublish "topic_publish" (
        Fd, Address, Unsigned, S(Structure::Time, In), S(Structure::Freed, Out),
    ) Number;
    TopicTake "topic_take" (
        Fd, Flags(Set::TakeFlags), S(Structure::Time, In), S(Structure::Message, Out),
    ) Number;
    TopicRelease "topic_release" (Fd, Unsigned) Number;
    TopicList "topic_list" (Address, Unsigned) Number;
    TopicInfo "topic_info" (Name(1), Unsigned, S(Structure::Topic, Out)) Number;
    TopicStatus "topic_status" (Fd, S(Structure::Topic, Out)) Number;
    TopicReclaim "topic_reclaim" (Fd, S(Structure::Freed, Out)) Number;
    TopicMembers "topic_members" (Name(1), Unsigned, Address, Unsigned) Number;
    TraceCreate "trace_create" (Unsigned, Unsigned, Flags(Set::Open)) Number;
    TraceAttach "trace_attach" (Fd, Int, Flags(Set::TraceFlags)) Number;
    TraceWait "trace_wait" (Fd, Unsigned, S(Structure::Time, In)) Number;
}
