//! A JSON text as a tree. Strict, small, and in no hurry: the page reads what its own server wrote.

/// How deep a text may nest. What the page reads doesn't come near it.
const DEPTH: u8 = 64;

#[derive(Debug)]
pub enum Json {
    Null,
    Bool(bool),
    Number(i64),
    /// A number with a fraction, an exponent or too many digits: the page reads none.
    Other,
    Text(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

impl Json {
    pub fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser { text, at: 0 };
        let first = parser.token();
        let json = parser.value(first, DEPTH)?;
        parser.token();
        (parser.at > text.len()).then_some(json)
    }

    pub fn items(&self) -> Option<&[Self]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    pub fn members(&self) -> Option<&[(String, Self)]> {
        if let Self::Map(members) = self { Some(members) } else { None }
    }

    /// What isn't there is null, in what isn't a list too.
    pub fn item(&self, at: usize) -> &Self {
        self.items().unwrap_or_default().get(at).unwrap_or(&Self::Null)
    }

    /// What isn't there is null, in what isn't a map too.
    pub fn member(&self, name: &str) -> &Self {
        for (other, value) in self.members().unwrap_or_default() {
            if other == name {
                return value;
            }
        }
        &Self::Null
    }

    /// An enum's variant and what it holds, as serde writes them.
    pub fn variant(&self) -> (&str, &Self) {
        match (self, self.members()) {
            (Self::Text(name), _) => (name, &Self::Null),
            (_, Some([(name, content)])) => (name, content),
            _ => ("", &Self::Null),
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    /// One after the end, once the end has been read.
    at: usize,
}

impl Parser<'_> {
    /// 0 at the end: nowhere else is it allowed.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or_default()
    }

    fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    /// The next byte that isn't space.
    fn token(&mut self) -> u8 {
        loop {
            match self.next() {
                b' ' | b'\n' | b'\r' | b'\t' => {}
                byte => return byte,
            }
        }
    }

    fn value(&mut self, first: u8, depth: u8) -> Option<Json> {
        let depth = depth.checked_sub(1)?;
        match first {
            b'n' => self.word("ull").map(|()| Json::Null),
            b't' => self.word("rue").map(|()| Json::Bool(true)),
            b'f' => self.word("alse").map(|()| Json::Bool(false)),
            b'"' => self.string().map(Json::Text),
            b'[' => {
                let mut items = Vec::new();
                let mut token = self.token();
                while token != b']' {
                    items.push(self.value(token, depth)?);
                    token = self.after_part(b']')?;
                }
                Some(Json::List(items))
            }
            b'{' => {
                let mut members = Vec::new();
                let mut token = self.token();
                while token != b'}' {
                    let name = if token == b'"' { self.string()? } else { return None };
                    let value = if self.token() == b':' { self.token() } else { return None };
                    members.push((name, self.value(value, depth)?));
                    token = self.after_part(b'}')?;
                }
                Some(Json::Map(members))
            }
            _ => self.number(first),
        }
    }

    /// The beginning of the next part of a list or map, or the bracket that ends it.
    fn after_part(&mut self, end: u8) -> Option<u8> {
        match self.token() {
            b',' => Some(self.token()).filter(|token| *token != end),
            byte => (byte == end).then_some(end),
        }
    }

    fn word(&mut self, rest: &str) -> Option<()> {
        let start = self.at;
        self.at += rest.len();
        (self.text.get(start..self.at) == Some(rest)).then_some(())
    }

    fn number(&mut self, first: u8) -> Option<Json> {
        if first != b'-' {
            self.at -= 1;
        }
        let padded = self.peek() == b'0';
        let start = self.at;
        let digits = self.digits()?;
        if padded && self.at > start + 1 {
            return None;
        }
        let mut whole = digits < i64::MAX;
        if self.peek() == b'.' {
            self.at += 1;
            self.digits()?;
            whole = false;
        }
        if let b'e' | b'E' = self.peek() {
            self.at += 1;
            if let b'+' | b'-' = self.peek() {
                self.at += 1;
            }
            self.digits()?;
            whole = false;
        }
        let number = Json::Number(if first == b'-' { -digits } else { digits });
        Some(if whole { number } else { Json::Other })
    }

    /// At least one. Too many are the largest number that there is.
    fn digits(&mut self) -> Option<i64> {
        let mut value = None;
        loop {
            let digit = self.peek().wrapping_sub(b'0');
            if digit > 9 {
                return value;
            }
            let so_far = value.unwrap_or(0);
            let fits = so_far < i64::MAX / 10;
            value = Some(if fits { so_far * 10 + i64::from(digit) } else { i64::MAX });
            self.at += 1;
        }
    }

    /// Up to the closing quote; the opening one has been read.
    fn string(&mut self) -> Option<String> {
        let mut string = String::new();
        let mut start = self.at;
        loop {
            let byte = self.next();
            if byte == b'"' || byte == b'\\' {
                string.push_str(self.text.get(start..self.at - 1)?);
                if byte == b'"' {
                    return Some(string);
                }
                string.push(self.escape()?);
                start = self.at;
            } else if byte < b' ' {
                return None;
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.next() {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return None,
        })
    }

    /// One UTF-16 unit, or two that belong together.
    fn unicode(&mut self) -> Option<char> {
        let unit = self.hex()?;
        if unit >> 10 != 0xD800 >> 10 {
            return char::from_u32(unit);
        }
        self.word("\\u")?;
        let low = self.hex()?;
        if low >> 10 != 0xDC00 >> 10 {
            return None;
        }
        char::from_u32(0x1_0000 + ((unit & 0x3FF) << 10) + (low & 0x3FF))
    }

    fn hex(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = (unit << 4) + char::from(self.next()).to_digit(16)?;
        }
        Some(unit)
    }
}
