//! A validating JSON reader that builds nothing: arguments stay text until somebody wants a type.

use std::ops::Range;

use super::{MAX_DEPTH, json::natural};

/// Where a binary attachment stands in the text, and which one it is.
pub(crate) type Placeholder = (Range<usize>, u64);

pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Escapes of half a surrogate pair: `JSON.parse` takes them, Rust strings cannot.
    lone: Vec<usize>,
    placeholders: Option<Vec<Placeholder>>,
}

/// The object whose members are being read, as long as it may still be a placeholder.
#[derive(Default)]
struct Candidate {
    start: usize,
    flagged: bool,
    num: Option<u64>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, lone: Vec::new(), placeholders: None }
    }

    pub(crate) fn with_placeholders(text: &'a str) -> Self {
        Self { placeholders: Some(Vec::new()), ..Self::new(text) }
    }

    pub(crate) fn placeholders(&self) -> &[Placeholder] {
        self.placeholders.as_deref().unwrap_or_default()
    }

    pub(crate) fn lone(&self) -> &[usize] {
        &self.lone
    }

    pub(crate) fn peek(&mut self) -> Option<u8> {
        self.space();
        self.bytes.get(self.at).copied()
    }

    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    pub(crate) fn done(&mut self) -> bool {
        self.peek().is_none()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// Reads one value and says where it stands.
    pub(crate) fn value(&mut self) -> Option<Range<usize>> {
        self.space();
        let start = self.at;
        // One bit for each open bracket: 1 is an object.
        let mut open = 0_u128;
        let mut depth = 0;
        let mut candidate = None;
        loop {
            self.space();
            let from = self.at;
            match self.next()? {
                bracket @ (b'{' | b'[') => {
                    depth += 1;
                    if depth > MAX_DEPTH {
                        return None;
                    }
                    let object = bracket == b'{';
                    open = open << 1 | u128::from(object);
                    candidate = object.then(|| Candidate { start: from, ..Candidate::default() });
                    if !self.eat(bracket + 2) {
                        if object {
                            self.key(&mut candidate)?;
                        }
                        continue;
                    }
                    candidate = None;
                    depth -= 1;
                    open >>= 1;
                }
                b'"' => {
                    self.string()?;
                }
                b't' => self.literal(b"rue")?,
                b'f' => self.literal(b"alse")?,
                b'n' => self.literal(b"ull")?,
                first @ (b'-' | b'0'..=b'9') => self.number(first)?,
                _ => return None,
            }
            loop {
                if depth == 0 {
                    return Some(start..self.at);
                }
                self.space();
                match (self.next()?, open & 1) {
                    (b',', 0) => break,
                    (b',', _) => {
                        self.key(&mut candidate)?;
                        break;
                    }
                    (b']', 0) => candidate = None,
                    (b'}', 1) => {
                        let found = candidate.take();
                        self.note(found);
                    }
                    _ => return None,
                }
                depth -= 1;
                open >>= 1;
            }
        }
    }

    fn note(&mut self, candidate: Option<Candidate>) {
        if let (Some(list), Some(Candidate { start, flagged: true, num })) =
            (&mut self.placeholders, candidate)
        {
            list.push((start..self.at, num.unwrap_or(u64::MAX)));
        }
    }

    /// A member's name and colon; when it is one of a placeholder's, looks ahead at its value.
    fn key(&mut self, candidate: &mut Option<Candidate>) -> Option<()> {
        if !self.eat(b'"') {
            return None;
        }
        let name = self.string()?;
        if !self.eat(b':') {
            return None;
        }
        if let (Some(_), Some(candidate)) = (&self.placeholders, candidate) {
            self.space();
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            match self.bytes.get(name) {
                Some(b"_placeholder") => candidate.flagged = rest.starts_with(b"true"),
                Some(b"num") => candidate.num = natural(rest),
                _ => {}
            }
        }
        Some(())
    }

    fn literal(&mut self, rest: &[u8]) -> Option<()> {
        let end = self.at + rest.len();
        if self.bytes.get(self.at..end)? != rest {
            return None;
        }
        self.at = end;
        Some(())
    }

    /// The text between the quotes, the first of which has been read.
    pub(crate) fn string(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        loop {
            match self.next()? {
                b'"' => return Some(start..self.at - 1),
                b'\\' => match self.next()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => self.surrogates()?,
                    _ => return None,
                },
                0..0x20 => return None,
                _ => {}
            }
        }
    }

    fn surrogates(&mut self) -> Option<()> {
        let at = self.at;
        let unit = self.hex()?;
        if unit >> 10 == 0xDC00 >> 10 {
            self.lone.push(at);
        } else if unit >> 10 == 0xD800 >> 10 {
            let after = self.at;
            let low = if self.literal(b"\\u").is_some() { self.hex() } else { None };
            if low.is_none_or(|low| low >> 10 != 0xDC00 >> 10) {
                self.at = after;
                self.lone.push(at);
            }
        }
        Some(())
    }

    fn hex(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit << 4 | (self.next()? as char).to_digit(16)?;
        }
        Some(unit)
    }

    fn number(&mut self, first: u8) -> Option<()> {
        let first = if first == b'-' { self.next()? } else { first };
        if !first.is_ascii_digit()
            || first != b'0' && {
                self.digits();
                false
            }
        {
            return None;
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}

/// Writes a packet's JSON with something else in the place of each attachment.
pub fn replace_attachments(json: &str, mut each: impl FnMut(usize, &mut String)) -> String {
    let mut reader = Reader::with_placeholders(json);
    reader.value();
    let mut out = String::with_capacity(json.len());
    let mut end = 0;
    for (range, num) in reader.placeholders() {
        out.push_str(json.get(end..range.start).unwrap_or_default());
        each(usize::try_from(*num).unwrap_or(usize::MAX), &mut out);
        end = range.end;
    }
    out.push_str(json.get(end..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid(text: &str) -> bool {
        let mut reader = Reader::new(text);
        reader.value().is_some() && reader.done()
    }

    #[test]
    fn agrees_with_the_grammar() {
        for text in [
            "0",
            "-0",
            "1.5e-3",
            "[]",
            "{}",
            "[1,[2,{\"a\":[]}]]",
            " [ 1 , \"\\u00e9\\n\" ] ",
            "{\"a\":{\"b\":null},\"c\":true}",
            "\"\\ud83d\\ude00\"",
            "\"\\ud800\"",
        ] {
            assert!(valid(text), "{text}");
        }
        for text in [
            "",
            "01",
            "-",
            "1.",
            ".5",
            "1e",
            "[1,]",
            "[",
            "]",
            "{\"a\"}",
            "{\"a\":}",
            "{,}",
            "[1}",
            "\"\\x\"",
            "\"\t\"",
            "tru",
            "1 2",
            "\"\\u12g4\"",
            "{a:1}",
            "+1",
            "NaN",
        ] {
            assert!(!valid(text), "{text}");
        }
    }

    #[test]
    fn depth_ends() {
        let nest = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(valid(&nest(128)));
        assert!(!valid(&nest(129)));
        assert!(!valid(&"[".repeat(1 << 20)));
    }

    #[test]
    fn halves_of_pairs_are_noted() {
        let text = r#""\ud800 \udc00 \ud83d\ude00 \ud800\u0041""#;
        let mut reader = Reader::new(text);
        reader.value().unwrap();
        assert_eq!(reader.lone(), [3, 10, 30]);
    }

    #[test]
    fn placeholders_are_found() {
        let text = r#"["_placeholder",{"_placeholder":true,"num":0},[{ "num" : 1, "_placeholder" : true }],
            {"_placeholder":false,"num":2},{"a":{"_placeholder":true}}]"#;
        let mut reader = Reader::with_placeholders(text);
        reader.value().unwrap();
        let found: Vec<_> =
            reader.placeholders().iter().map(|(at, num)| (&text[at.clone()], *num)).collect();
        assert_eq!(
            found,
            [
                (r#"{"_placeholder":true,"num":0}"#, 0),
                (r#"{ "num" : 1, "_placeholder" : true }"#, 1),
                (r#"{"_placeholder":true}"#, u64::MAX)
            ]
        );
    }
}
