//! Names of Commons' own.

use super::Names;
use abi::trace::Set;

/// The names of a set of Commons' own.
pub fn of(set: Set) -> Option<Names> {
    Some(match set {
        Set::RegionFlags | Set::RegionOpenFlags => &[
            (1, "REGION_EXCLUSIVE"),
            (2, "REGION_READ_ONLY"),
            (4, "REGION_CLOSE_ON_EXEC"),
            (8, "REGION_EPHEMERAL"),
            (0x10, "REGION_SINGLE_WRITER"),
            (0x20, "REGION_VIEWS_READ_ONLY"),
            (0x40, "REGION_SAME_ADDRESS"),
            (0x80, "REGION_SPARSE"),
        ],
        Set::Rights => {
            &[(1, "REGION_RIGHT_READ"), (2, "REGION_RIGHT_WRITE"), (4, "REGION_RIGHT_EXECUTE")]
        }
        Set::Seals => &[
            (1, "REGION_SEAL_SEAL"),
            (2, "REGION_SEAL_SHRINK"),
            (4, "REGION_SEAL_GROW"),
            (8, "REGION_SEAL_WRITE"),
            (0x10, "REGION_SEAL_FUTURE_WRITE"),
        ],
        Set::LockFlags => &[(1, "REGION_LOCK_TRY"), (2, "REGION_LOCK_CONSISTENT")],
        Set::Inheritance => &[
            (0, "REGION_INHERIT_SHARE"),
            (1, "REGION_INHERIT_SHARE_READ_ONLY"),
            (2, "REGION_INHERIT_COPY"),
            (3, "REGION_INHERIT_NONE"),
            (4, "REGION_INHERIT_ASK"),
        ],
        Set::QuotaScope => &[
            (0, "REGION_QUOTA_REGION"),
            (1, "REGION_QUOTA_PROCESS"),
            (2, "REGION_QUOTA_USER"),
            (3, "REGION_QUOTA_PROCESS_DEFAULT"),
            (4, "REGION_QUOTA_USER_DEFAULT"),
        ],
        Set::DepartureFlags => &[(1, "COMMONS_DEPARTURE_WITHDRAW")],
        Set::OfferFlags => &[
            (7, "VMO_GRANTALL"),
            (56, "VMO_DISOWN"),
            (1, "VMO_GRANT_R"),
            (2, "VMO_GRANT_W"),
            (4, "VMO_GRANT_X"),
            (8, "VMO_DROP_R"),
            (16, "VMO_DROP_W"),
            (32, "VMO_DROP_X"),
        ],
        Set::TakeFlags => {
            &[(1, "TOPIC_TAKE_LATEST"), (2, "TOPIC_TAKE_AGAIN"), (4, "TOPIC_TAKE_NO_WAIT")]
        }
        Set::SubscribeFlags => {
            &[(1, "TOPIC_SUBSCRIBE_TRANSIENT_LOCAL"), (2, "TOPIC_SUBSCRIBE_IGNORE_LOCAL")]
        }
        Set::TopicPolicy => {
            &[(0, "TOPIC_POLICY_OVERWRITE"), (1, "TOPIC_POLICY_REFUSE"), (2, "TOPIC_POLICY_WAIT")]
        }
        Set::TraceFlags => &[(1, "TRACE_FOLLOW")],
        _ => return None,
    })
}
