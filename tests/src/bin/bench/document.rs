//! Putting what was measured into a document, between two markers.

use ::tests::failure::{Failure, Outcome};
use std::path::Path;

/// Replaces what stands between `<!-- bench NAME -->` and `<!-- end -->`.
pub fn replace(path: &Path, name: &str, text: &str) -> Outcome {
    let named = |what: String| Failure::new(format!("{}: {what}", path.display()));
    let old = std::fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
    let new = replaced(&old, name, text).ok_or_else(|| named(format!("no place for {name}")))?;
    std::fs::write(path, new).map_err(|error| named(error.to_string()))
}

fn replaced(document: &str, name: &str, text: &str) -> Option<String> {
    let begin = format!("<!-- bench {name} -->\n");
    let start = document.find(&begin)? + begin.len();
    let end = start + document[start..].find("<!-- end -->")?;
    Some([&document[..start], text, &document[end..]].concat())
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn only_what_stands_between_the_markers_of_the_name_changes() {
        let old = "a\n<!-- bench x -->\nold\n<!-- end -->\n<!-- bench y -->\nz\n<!-- end -->\n";
        let new = "a\n<!-- bench x -->\nnew\n<!-- end -->\n<!-- bench y -->\nz\n<!-- end -->\n";
        assert_eq!(replaced(old, "x", "new\n").as_deref(), Some(new));
        assert_eq!(replaced(old, "w", "new\n"), None);
    }
}
