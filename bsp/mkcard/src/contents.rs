//! What goes onto the card: files of the host and the names that they get.

use crate::Error;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// A file's place on the card, with `/` between directories and none in front.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct CardPath(String);

impl CardPath {
    /// Checks a name; slashes in front of it and behind it are left out.
    pub fn new(name: &str) -> Result<Self, Error> {
        let bad = |why| Err(Error::BadName(name.to_owned(), why));
        let path = name.trim_matches('/');
        if path.is_empty() {
            return bad("it is empty");
        }
        for part in path.split('/') {
            if part.is_empty() || part == "." || part == ".." {
                return bad("it has an empty part, or one of dots");
            }
            if part.encode_utf16().count() > 255 {
                return bad("a part of it is longer than 255 characters");
            }
            if part.ends_with(['.', ' ']) {
                return bad("a part of it ends with a dot or a space");
            }
            if part.chars().any(|c| c.is_control() || r#"\:*?"<>|"#.contains(c)) {
                return bad(r#"FAT has no control characters and none of \:*?"<>|"#);
            }
        }
        Ok(Self(path.to_owned()))
    }

    /// The name, as in `overlays/miniuart-bt.dtbo`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The directories on the way, the outermost first.
    pub fn directories(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }

    /// FAT takes names that differ in capitals alone for one.
    fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

/// The files of a card, by their names there.
#[derive(Debug, Default)]
pub struct Contents {
    files: BTreeMap<String, (CardPath, PathBuf)>,
}

impl Contents {
    /// Adds a file of the host.
    pub fn add_file(&mut self, name: &str, source: &Path) -> Result<(), Error> {
        let path = CardPath::new(name)?;
        if self.files.contains_key(&path.key()) {
            return Err(Error::Duplicate(name.to_owned()));
        }
        self.files.insert(path.key(), (path, source.to_owned()));
        Ok(())
    }

    /// Adds all files below a directory of the host, under `name`, which may be `/`.
    pub fn add_tree(&mut self, name: &str, directory: &Path) -> Result<(), Error> {
        let entries = fs::read_dir(directory).map_err(Error::io("read", directory))?;
        for entry in entries {
            let path = entry.map_err(Error::io("read", directory))?.path();
            let own = path.file_name().and_then(OsStr::to_str).ok_or_else(|| {
                Error::BadName(path.display().to_string(), "it is not valid UTF-8")
            })?;
            let below = format!("{name}/{own}");
            if path.is_dir() {
                self.add_tree(&below, &path)?;
            } else {
                self.add_file(&below, &path)?;
            }
        }
        Ok(())
    }

    /// The files in the order of their names, so that the same files make the same card.
    pub fn iter(&self) -> impl Iterator<Item = (&CardPath, &Path)> {
        self.files.values().map(|(path, source)| (path, source.as_path()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_directories_on_its_way() {
        let path = CardPath::new("/a/b/c.txt").expect("a name");
        assert_eq!(path.directories().collect::<Vec<_>>(), ["a", "a/b"]);
        assert_eq!(path.as_str(), "a/b/c.txt");
    }

    #[test]
    fn names_that_fat_cannot_hold_are_refused() {
        for name in ["", "/", "a//b", "../x", "a/./b", "x:", "a\nb", "end.", "end ", "a?"] {
            assert!(matches!(CardPath::new(name), Err(Error::BadName(..))), "{name:?}");
        }
        assert!(CardPath::new(&"x".repeat(256)).is_err());
        CardPath::new(&"x".repeat(255)).expect("255 characters fit");
    }

    #[test]
    fn names_that_differ_in_capitals_alone_are_one() {
        let mut contents = Contents::default();
        contents.add_file("CONFIG.TXT", Path::new("a")).expect("the first");
        let again = contents.add_file("config.txt", Path::new("b"));
        assert!(matches!(again, Err(Error::Duplicate(_))));
    }
}
