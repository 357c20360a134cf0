//! JSON that stays text: where its parts stand, and the few of them that the protocol itself needs.

use super::check::trim;
pub(crate) use super::check::{push_string, string};

/// The parts between the outermost brackets of JSON that has been checked; of anything else, something.
pub(crate) struct Parts<'a> {
    rest: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn new(text: &'a str, bracket: char) -> Self {
        Self { rest: trim(text).strip_prefix(bracket) }
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let mut depth = 0_u32;
        let (mut quoted, mut escaped) = (false, false);
        for (at, byte) in rest.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = !quoted,
                _ if quoted => {}
                b'[' | b'{' => depth += 1,
                b']' | b'}' if depth > 0 => depth -= 1,
                b',' | b']' | b'}' if depth == 0 => {
                    if byte == b',' {
                        self.rest = rest.get(at + 1..);
                    }
                    return rest.get(..at).map(trim).filter(|part| !part.is_empty());
                }
                _ => {}
            }
        }
        None
    }
}

/// The elements of an array; of what is none, none.
pub(crate) fn elements(text: &str) -> Parts<'_> {
    Parts::new(text, '[')
}

/// The value of an object's member, as text.
pub(crate) fn member<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let value = |part: &'a str| {
        let rest = part.strip_prefix('"')?.strip_prefix(name)?.strip_prefix('"')?;
        Some(trim(trim(rest).strip_prefix(':')?))
    };
    Parts::new(text, '{').filter_map(value).last()
}

/// Digits at the start; a fraction is cut off and what is too large saturates.
pub(crate) fn natural(json: &[u8]) -> Option<u64> {
    let mut value = None;
    for byte in json {
        let so_far = value.unwrap_or(0_u64);
        value = Some(match byte {
            // A multiplication that saturates would be a long one.
            b'0'..=b'9' if so_far < u64::MAX / 10 => so_far * 10 + u64::from(byte - b'0'),
            b'0'..=b'9' => u64::MAX,
            b'e' | b'E' if value.is_some() => return Some(u64::MAX),
            _ => break,
        });
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "strict")]
    #[test]
    fn members_and_elements() {
        let text = r#"{"sid":"a","n":[1,{"sid":2}],"sid":"b"}"#;
        assert_eq!(member(text, "sid"), Some("\"b\""));
        assert_eq!(member(text, "none"), None);
        assert_eq!(elements("[1, \"a,b\" ,[2]]").collect::<Vec<_>>(), ["1", "\"a,b\"", "[2]"]);
        assert_eq!(elements("[]").count(), 0);
        assert_eq!(elements("{}").count(), 0);
        assert_eq!(elements(r#"["\\", "]", {"a":[1,2]}]"#).count(), 3);
        assert_eq!(member(r#" { "a" : "\",\"b\":1" , "b" : [ 2 ] } "#, "b"), Some("[ 2 ]"));
        for broken in ["[", "[1", "[1]]", "[\"", "[\"\\", "[[", "[}", "[,1"] {
            assert!(elements(broken).count() < 3, "{broken}");
        }
        assert_eq!(natural(b"25000.7,"), Some(25_000));
        assert_eq!(natural(b"-1"), None);
        assert_eq!(natural(b"99999999999999999999999"), Some(u64::MAX));
    }
}
