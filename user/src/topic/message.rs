//! What may be a message, and how a topic knows its type.

use abi::topic::{TYPE_NAME_MAX, TopicRecord, TopicRequest, TypeRecord};
use alloc::format;
use alloc::string::String;
use zerocopy::{FromBytes, Immutable};

/// A type whose values are messages.
///
/// Readers trust nobody: any bytes have to be a value, and it says no more than bytes can.
pub trait Message: FromBytes + Immutable + 'static {
    /// The type's name, which is the same in all programs that use it.
    const NAME: &'static str;
    /// A number to be changed when fields change their places.
    const LAYOUT: u64 = 0;
}

/// The type, as a topic knows it.
pub fn type_of<T: Message>() -> TypeRecord {
    let mut record = TypeRecord::any();
    let name = T::NAME.as_bytes();
    let length = name.len().min(TYPE_NAME_MAX);
    record.name[..length].copy_from_slice(&name[..length]);
    record.name_length = length as u64;
    record.size = size_of::<T>() as u64;
    record.alignment = align_of::<T>() as u64;
    record.layout = T::LAYOUT;
    record
}

/// A request to join the topic; a name that is too long is left out, which the kernel refuses.
pub fn request(name: &str, depth: u32, contents: TypeRecord) -> TopicRequest {
    let mut request = TopicRequest { depth, mode: 0o666, contents, ..TopicRequest::empty() };
    if let Some(room) = request.name.get_mut(..name.len()) {
        room.copy_from_slice(name.as_bytes());
        request.name_length = name.len() as u64;
    }
    request
}

/// Both types of a mismatch in words.
pub fn mismatch(topic: &TopicRecord, own: &TypeRecord) -> String {
    format!("its messages are {} and not {}", describe(&topic.contents), describe(own))
}

/// A type in words.
pub fn describe(contents: &TypeRecord) -> String {
    let name = String::from_utf8_lossy(contents.name());
    let TypeRecord { size, alignment, layout, .. } = contents;
    format!("{name} ({size} bytes, alignment {alignment}, layout {layout})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(FromBytes, Immutable)]
    #[repr(C)]
    struct Pose([f64; 3]);

    impl Message for Pose {
        const NAME: &'static str = "Pose";
    }

    #[test]
    fn a_mismatch_names_both_types() {
        let mut topic = TopicRecord::empty();
        topic.contents = type_of::<Pose>();
        let own = TypeRecord { size: 16, ..topic.contents };
        assert_eq!(
            mismatch(&topic, &own),
            "its messages are Pose (24 bytes, alignment 8, layout 0) and not \
             Pose (16 bytes, alignment 8, layout 0)"
        );
    }

    #[test]
    fn a_name_that_is_too_long_is_left_out() {
        let long = "/".repeat(257);
        assert_eq!(request(&long, 1, TypeRecord::any()).name_length, 0);
        assert_eq!(request("/pose", 1, TypeRecord::any()).name(), b"/pose");
    }
}
