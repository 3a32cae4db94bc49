//! Pictures of the emulator's screen.

use crate::ensure;
use crate::failure::{Failure, Outcome};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// A colour: red, green, blue.
pub type Colour = [u8; 3];

/// A picture.
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
    /// As it was taken.
    file: Vec<u8>,
}

impl Picture {
    /// Reads a PNG without alpha, eight bits for each colour.
    pub fn read(path: &Path) -> Outcome<Self> {
        let file = std::fs::read(path)?;
        let wrong = |error: png::DecodingError| Failure::new(format!("no PNG: {error}"));
        let mut reader =
            png::Decoder::new(BufReader::new(File::open(path)?)).read_info().map_err(wrong)?;
        let size =
            reader.output_buffer_size().ok_or_else(|| Failure::new("the picture is too large"))?;
        let mut bytes = vec![0; size];
        let info = reader.next_frame(&mut bytes).map_err(wrong)?;
        let is_plain =
            (info.color_type, info.bit_depth) == (png::ColorType::Rgb, png::BitDepth::Eight);
        ensure!(is_plain, "the picture is {:?} of {:?}", info.color_type, info.bit_depth);
        let pixels = bytes[..info.buffer_size()].as_chunks::<3>().0.to_vec();
        Ok(Self { width: info.width as usize, height: info.height as usize, pixels, file })
    }

    /// Columns and rows.
    pub const fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// The colour at a point.
    pub fn at(&self, x: usize, y: usize) -> Colour {
        self.pixels[y * self.width + x]
    }

    /// How many pixels of a part have a colour, as nearly as `tolerance` says: its left upper point and its size.
    pub fn count(
        &self,
        (x, y): (usize, usize),
        (width, height): (usize, usize),
        colour: Colour,
        tolerance: u8,
    ) -> usize {
        let is_near = |found: Colour| {
            found.iter().zip(colour).all(|(one, other)| one.abs_diff(other) <= tolerance)
        };
        let points = (y..y + height).flat_map(|y| (x..x + width).map(move |x| (x, y)));
        points.filter(|(x, y)| is_near(self.at(*x, *y))).count()
    }

    /// Whether all of a part has a colour.
    pub fn is_filled(&self, at: (usize, usize), size: (usize, usize), colour: Colour) -> bool {
        self.count(at, size, colour, 0) == size.0 * size.1
    }

    /// Whether a part looks the same in both.
    pub fn is_same(
        &self,
        other: &Self,
        (x, y): (usize, usize),
        (width, height): (usize, usize),
    ) -> bool {
        (y..y + height).all(|y| (x..x + width).all(|x| self.at(x, y) == other.at(x, y)))
    }

    /// Keeps the picture under this name, for people to look at.
    pub fn keep(&self, name: &str) -> Outcome {
        let folder = std::env::var_os("COMMONS_SCREENSHOTS")
            .map_or_else(|| "target/screenshots".into(), PathBuf::from);
        std::fs::create_dir_all(&folder)?;
        Ok(std::fs::write(folder.join(format!("{name}.png")), &self.file)?)
    }
}
