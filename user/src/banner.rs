//! What a person sees first: two processes and the region that both hold.

use crate::style::{self, Style};
use crate::units::Size;
use crate::{fs, print, println, system};
use alloc::string::{String, ToString};

/// Replaces the banner, where it exists.
const FILE: &str = "/etc/motd";
const PAGE: u64 = 4096;

/// The picture's lines, each as wide as the others.
const PICTURE: [&str; 4] =
    ["  A ─┐       ┌─ B  ", "   ┌─┴───────┴─┐   ", "   │ ░░▒▒▓▓███ │   ", "   └───────────┘   "];

/// Prints it.
pub fn print() {
    if let Ok(text) = fs::read_to_string(FILE) {
        return print!("{text}");
    }
    let colour = style::colour();
    let [name, machine] = [concat!("Commons ", env!("CARGO_PKG_VERSION")).to_string(), machine()];
    let words = [
        (Style::Bold, name.as_str()),
        (Style::Bold, "memory that processes hold in common"),
        (Style::Dim, machine.as_str()),
        (Style::Dim, ""),
    ];
    println!();
    for (line, (look, text)) in PICTURE.into_iter().zip(words) {
        println!("{}{}", Style::Cyan.paint(colour, line), look.paint(colour, text));
    }
    println!();
}

/// The board, its cores and its free memory, as far as the kernel tells.
fn machine() -> String {
    let (Ok(info), Ok(memory)) = (system::info(), system::memory()) else {
        return String::new();
    };
    let board = core::str::from_utf8(&info.board).unwrap_or_default().trim_end_matches('\0');
    alloc::format!("{board}, {} cores, {} free", info.cores, Size(memory.free * PAGE))
}
