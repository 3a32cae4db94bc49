//! From the kernel's ELF file to the flat bytes that the firmware loads.
//!
//! Each PT_LOAD segment goes to its *physical* address; gaps and the .bss are zeros, so that what
//! follows the result in the file follows the kernel in memory.

use crate::error::Error;
use crate::{MAX_IMAGE_SIZE, page_up};
use elf::ElfBytes;
use elf::abi::{EM_AARCH64, PT_LOAD};
use elf::endian::LittleEndian;
use elf::segment::ProgramHeader;

/// Where the firmware and QEMU load an image without a header of its own, and jump to.
pub const LOAD_ADDRESS: u64 = 0x80000;

/// A kernel file whose ELF header has been read.
pub type KernelElf<'a> = ElfBytes<'a, LittleEndian>;

/// Reads the ELF header, and refuses files for other machines.
pub fn parse(bytes: &[u8]) -> Result<KernelElf<'_>, Error> {
    let elf = ElfBytes::minimal_parse(bytes)?;
    if elf.ehdr.e_machine != EM_AARCH64 {
        return Err(Error::WrongMachine(elf.ehdr.e_machine));
    }
    Ok(elf)
}

/// The kernel from its load address to the end of its .bss, rounded up to a page.
pub fn flatten(elf: &KernelElf<'_>) -> Result<Vec<u8>, Error> {
    let segments = loadable_segments(elf)?;
    let first = segments.first().ok_or(Error::NoSegments)?;
    if first.p_paddr != LOAD_ADDRESS {
        return Err(Error::WrongLoadAddress(first.p_paddr));
    }
    let mut image = Vec::new();
    for segment in &segments {
        place(elf, segment, &mut image)?;
    }
    image.resize(page_up(image.len()), 0);
    Ok(image)
}

fn loadable_segments(elf: &KernelElf<'_>) -> Result<Vec<ProgramHeader>, Error> {
    let table = elf.segments().ok_or(Error::NoSegments)?;
    let mut segments: Vec<_> =
        table.iter().filter(|segment| segment.p_type == PT_LOAD && segment.p_memsz > 0).collect();
    segments.sort_by_key(|segment| segment.p_paddr);
    Ok(segments)
}

/// Appends one segment, after zeros up to its address. The image ends where the segment's memory ends.
fn place(elf: &KernelElf<'_>, segment: &ProgramHeader, image: &mut Vec<u8>) -> Result<(), Error> {
    let address = segment.p_paddr;
    if segment.p_filesz > segment.p_memsz {
        return Err(Error::BadSegment(address));
    }
    let start = address.checked_sub(LOAD_ADDRESS).ok_or(Error::BadSegment(address))?;
    let end = start.checked_add(segment.p_memsz).ok_or(Error::BadSegment(address))?;
    if end > MAX_IMAGE_SIZE as u64 {
        return Err(Error::ImageTooLarge { size: end });
    }
    // Both are below MAX_IMAGE_SIZE now.
    let (start, end) = (start as usize, end as usize);
    if start < image.len() {
        return Err(Error::Overlap(address));
    }
    image.resize(start, 0);
    image.extend_from_slice(elf.segment_data(segment)?);
    image.resize(end, 0);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_elf::{Segment, TestElf};
    use proptest::prelude::*;

    fn flat(segments: &[Segment]) -> Result<Vec<u8>, Error> {
        let bytes = TestElf { segments: segments.to_vec(), ..TestElf::default() }.bytes();
        flatten(&parse(&bytes)?)
    }

    fn segment(physical: u64, bytes: &[u8], memory_size: u64) -> Segment {
        Segment { physical, bytes: bytes.to_vec(), memory_size }
    }

    #[test]
    fn segments_go_to_their_physical_addresses_with_zeros_between_and_behind() {
        let image = flat(&[segment(0x81000, b"data", 0x1001), segment(0x80000, b"text", 4)])
            .expect("valid kernel");
        assert_eq!(image.len(), 0x3000);
        assert_eq!(&image[..4], b"text");
        assert!(image[4..0x1000].iter().all(|&byte| byte == 0));
        assert_eq!(&image[0x1000..0x1004], b"data");
        assert!(image[0x1004..].iter().all(|&byte| byte == 0));
    }

    #[test]
    fn a_bss_alone_in_its_segment_is_written_out() {
        let image = flat(&[segment(0x80000, b"text", 4), segment(0x81000, b"", 0x5000)]);
        assert_eq!(image.expect("valid kernel").len(), 0x6000);
    }

    #[test]
    fn a_kernel_linked_to_another_address_is_refused() {
        assert!(matches!(flat(&[segment(0, b"x", 1)]), Err(Error::WrongLoadAddress(0))));
        assert!(matches!(
            flat(&[segment(0x20_0000, b"x", 1)]),
            Err(Error::WrongLoadAddress(0x20_0000))
        ));
    }

    #[test]
    fn a_kernel_without_segments_is_refused() {
        assert!(matches!(flat(&[]), Err(Error::NoSegments)));
    }

    #[test]
    fn overlapping_segments_are_refused() {
        let overlapping = [segment(0x80000, b"x", 0x2000), segment(0x81000, b"y", 1)];
        assert!(matches!(flat(&overlapping), Err(Error::Overlap(0x81000))));
    }

    #[test]
    fn impossible_sizes_are_refused_without_reserving_memory() {
        assert!(matches!(flat(&[segment(0x80000, b"abc", 2)]), Err(Error::BadSegment(0x80000))));
        let huge = [segment(0x80000, b"x", 1 << 40)];
        assert!(matches!(flat(&huge), Err(Error::ImageTooLarge { .. })));
        let wrapping = [segment(0x80000, b"x", 1), segment(u64::MAX - 4, b"y", u64::MAX)];
        assert!(matches!(flat(&wrapping), Err(Error::BadSegment(_))));
    }

    #[test]
    fn a_file_for_another_machine_is_refused() {
        let bytes = TestElf { machine: 62, ..TestElf::default() }.bytes();
        assert!(matches!(parse(&bytes), Err(Error::WrongMachine(62))));
    }

    proptest! {
        #[test]
        fn damaged_files_are_errors_or_images_but_never_panics(
            changes in prop::collection::vec((0..512usize, any::<u8>()), 1..8),
            length in 0..2048usize,
        ) {
            let mut bytes = TestElf::small_kernel().bytes();
            for (at, value) in changes {
                bytes[at] = value;
            }
            bytes.truncate(length.max(64));
            let _ = crate::build(&bytes, &crate::contents::Contents::default());
        }
    }
}
