use super::super::json::Json;
use serde_json::Value;

/// Whether both are the same. What is written twice counts once: the last for serde, here the first.
fn same(ours: &Json, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (Json::Number(0), Value::Number(theirs)) if theirs.to_string() == "-0.0" => true,
        (Json::Number(ours), Value::Number(theirs)) => theirs.as_i64() == Some(*ours),
        (Json::Other, Value::Number(theirs)) => theirs.as_i64().is_none(),
        (Json::Text(ours), Value::String(theirs)) => ours == theirs,
        (Json::List(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| same(a, b))
        }
        (Json::Map(members), Value::Object(theirs)) => {
            theirs.keys().all(|name| members.iter().any(|(other, _)| other == name))
                && members.iter().all(|(name, _)| theirs.contains_key(name))
                && (members.len() > theirs.len()
                    || theirs.iter().all(|(name, value)| same(ours.member(name), value)))
        }
        _ => false,
    }
}

/// Both read the same, or neither anything.
fn agree(text: &str) {
    match (Json::parse(text), serde_json::from_str::<Value>(text)) {
        (Some(ours), Ok(theirs)) => assert!(same(&ours, &theirs), "{text}: {ours:?}"),
        // To serde, a number may be too large for a float.
        (Some(_), Err(error)) => assert!(error.to_string().contains("out of range"), "{text}"),
        (None, Ok(_)) => panic!("refused: {text}"),
        (None, Err(_)) => {}
    }
}

#[test]
fn as_the_grammar_says() {
    for text in [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "7",
        "-7",
        "1.5",
        "-1.5e-3",
        "1E+2",
        "9007199254740992",
        "9223372036854775799",
        "9223372036854775808",
        "123456789012345678901234567890",
        "[]",
        "{}",
        "[[],{},\"\"]",
        " [ 1 , 2 ] ",
        "\t{\"a\" : { \"b\":null }\n, \"c\":true}\r",
        "\"\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u00e9\\u0000\\uFFFF\"",
        "\"\\ud83d\\ude00 \u{1F600}\"",
        "{\"\\u0061\":1}",
        "\"\u{7f}\u{2028}é\"",
    ] {
        assert!(Json::parse(text).is_some(), "{text}");
        agree(text);
    }
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        " ",
        "nul",
        "nulll",
        "True",
        "01",
        "-",
        "-01",
        "+1",
        "1.",
        ".5",
        "1.e3",
        "1e",
        "1e+",
        "0x1",
        "NaN",
        "Infinity",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "{",
        "}",
        "{a:1}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":1]",
        "{\"a\" 1}",
        "{1:1}",
        "1 2",
        "[] []",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u12\"",
        "\"\\u12é4\"",
        "\"\n\"",
        "\"\u{0}\"",
        "\"\\",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\ud800\"",
        "\"\\ud800x\"",
        "\"\\ud83d\\n\"",
        "'a'",
        "\u{feff}1",
        "1\u{0}",
        "\u{0}",
        "[1]//",
        "\u{a0}1",
        "é",
    ] {
        assert!(Json::parse(text).is_none(), "{text}");
        agree(text);
    }
}

#[test]
fn depth_ends() {
    let nest = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Json::parse(&nest(64)).is_some());
    assert!(Json::parse(&nest(65)).is_none());
    assert!(Json::parse(&"{\"a\":".repeat(1 << 20)).is_none());
}

#[test]
fn what_is_not_there_is_null() {
    let json = Json::parse(r#"{"a":[1],"b":null,"a":2}"#).unwrap();
    assert!(matches!(json.member("a").item(0), Json::Number(1)));
    for absent in [json.member("b"), json.member(""), json.member("a").item(1), json.item(0)] {
        assert!(matches!(absent, Json::Null));
    }
}

/// Enough chance for a test.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn value(&mut self, depth: usize) -> String {
        const SPACE: [&str; 6] = ["", "", "", " ", "\n\t", "\r"];
        let (before, after) = (self.of(&SPACE), self.of(&SPACE));
        let parts = self.below(4);
        let value = match self.below(if depth == 0 { 3 } else { 5 }) {
            0 => self.of(&["null", "true", "false", "\"\""]).to_owned(),
            1 => self
                .of(&["0", "-1", "12.50", "3e2", "9007199254740993", "98765432109876543210"])
                .to_owned(),
            2 => self.string(),
            3 => format!("[{}]", self.some(parts, |dice| dice.value(depth - 1))),
            _ => {
                let member =
                    |dice: &mut Self| format!("{}:{}", dice.string(), dice.value(depth - 1));
                format!("{{{}}}", self.some(parts, member))
            }
        };
        format!("{before}{value}{after}")
    }

    fn some(&mut self, parts: usize, part: impl Fn(&mut Self) -> String) -> String {
        (0..parts).map(|_| part(self)).collect::<Vec<_>>().join(",")
    }

    fn string(&mut self) -> String {
        const PARTS: [&str; 10] =
            ["a", "Б", "\u{1F600}", "\\n", "\\\\", "\\\"", "\\u0041", "\\ud83d\\ude00", "]", "b c"];
        let parts = self.below(4);
        (0..parts).fold(String::from("\""), |text, _| text + self.of(&PARTS)) + "\""
    }

    /// One character less, more, or another.
    fn spoil(&mut self, text: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        let at = self.below(chars.len());
        let other = chars[self.below(chars.len())];
        match self.below(3) {
            0 => drop(chars.remove(at)),
            1 => chars.insert(at, other),
            _ => chars[at] = other,
        }
        chars.into_iter().collect()
    }
}

#[test]
fn as_serde_reads_it() {
    let mut dice = Dice(6);
    for _ in 0..20_000 {
        let text = dice.value(4);
        agree(&text);
        let spoilt = dice.spoil(&text);
        agree(&spoilt);
        if !spoilt.is_empty() {
            agree(&dice.spoil(&spoilt));
        }
    }
}
