//! The document that has what was measured last: the part between its two marks is written anew.

use crate::failure::Failure;
use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- make bench writes from here -->\n";
const END: &str = "<!-- to here -->\n";

pub fn put_into(document: &Path, part: &str) -> Result<(), Failure> {
    let text = fs::read_to_string(document).map_err(Failure::io("reading the document"))?;
    let Some(text) = replaced(&text, part) else {
        return Err(Failure::Missing(format!(
            "the line {} in {}",
            BEGIN.trim(),
            document.display()
        )));
    };
    fs::write(document, text).map_err(Failure::io("writing the document"))
}

fn replaced(text: &str, part: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{part}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_part_between_the_marks_is_new() {
        let old = format!("above\n{BEGIN}old\n{END}below\n");
        let new = replaced(&old, "new").unwrap();
        assert_eq!(new, format!("above\n{BEGIN}\nnew\n{END}below\n"));
        assert_eq!(replaced(&new, "new").unwrap(), new);
        assert_eq!(replaced("without marks", "new"), None);
    }
}
