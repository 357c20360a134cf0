//! Links and names in a text. Nothing else of a message is ever more than text, and nothing gets lost:
//! the pieces together are the text.

use super::letters::small;
use protocol::limits::{MENTIONS, NAME_CHARS};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    /// Where it leads and what it says are the same.
    Link(&'a str),
    Mention {
        /// With its `@`.
        text: &'a str,
        me: bool,
    },
}

/// `names` are those who can be called here and may have spaces in their names, `me` is the reader.
pub fn pieces<'a>(text: &'a str, me: &str, names: &[String]) -> Vec<Piece<'a>> {
    let calls = Calls::of(text, me, names);
    let mut pieces = Vec::new();
    let (mut plain, mut at) = (0, 0);
    while let Some(next) = text[at..].chars().next() {
        let piece = match next {
            'h' | 'H' => link(text, at),
            '@' => calls.call(text, at),
            _ => None,
        };
        let Some((piece, end)) = piece else {
            at += next.len_utf8();
            continue;
        };
        if plain < at {
            pieces.push(Piece::Text(&text[plain..at]));
        }
        pieces.push(piece);
        (plain, at) = (end, end);
    }
    if plain < text.len() {
        pieces.push(Piece::Text(&text[plain..]));
    }
    pieces
}

fn link(text: &str, at: usize) -> Option<(Piece<'_>, usize)> {
    let rest = &text[at..];
    let inside = text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    let host = ["https://", "http://"].iter().find_map(|scheme| {
        let begins = rest.get(..scheme.len())?.eq_ignore_ascii_case(scheme);
        begins.then_some(scheme.len())
    })?;
    let end = rest.find(ends_link).unwrap_or(rest.len());
    let link = without_trail(&rest[..end]);
    let leads = link.get(host..)?.starts_with(|c: char| c.is_alphanumeric() || c == '[');
    (leads && !inside).then_some((Piece::Link(link), at + link.len()))
}

/// What no address holds: spaces and quotes, Chinese punctuation, and what would hide or turn a part.
fn ends_link(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '<' | '>' | '"' | '`' | '«' | '»' | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}'
            | '\u{2018}'..='\u{201f}' | '\u{2026}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301b}' | '\u{feff}'
            | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff3d}'
            | '\u{ff5b}'..='\u{ff65}')
}

/// Punctuation at the end belongs to the sentence; a bracket does if it closes nothing in the link.
fn without_trail(mut link: &str) -> &str {
    let count = |bracket: char| link.matches(bracket).count();
    let mut extra = [('(', ')'), ('[', ']'), ('{', '}')]
        .map(|(open, close)| (close, count(close), count(open)));
    while let Some(last) = link.chars().next_back() {
        match extra.iter_mut().find(|(close, ..)| *close == last) {
            Some((_, closed, opened)) if *closed > *opened => *closed -= 1,
            None if matches!(last, '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*') => {}
            _ => break,
        }
        link = &link[..link.len() - 1];
    }
    link
}

/// Who is called, found as the server finds it (`chat/src/messages/mentions.rs`); only look-alike letters
/// are beyond the page.
struct Calls {
    /// Where they can be: an `@` that begins a word.
    places: Vec<usize>,
    me: String,
    names: Vec<String>,
}

impl Calls {
    fn of(text: &str, me: &str, names: &[String]) -> Self {
        let begins = |at: &usize| !text[..*at].ends_with(char::is_alphanumeric);
        let ats = text.match_indices('@').map(|(at, _)| at);
        let places: Vec<usize> = ats.filter(begins).take(MENTIONS).collect();
        let known = if places.is_empty() { &[] } else { names };
        Self { places, me: folded(me), names: known.iter().map(|name| folded(name)).collect() }
    }

    /// The longest name that someone bears, else the word: it may be one that isn't known here.
    fn call<'a>(&self, text: &'a str, at: usize) -> Option<(Piece<'a>, usize)> {
        if !self.places.contains(&at) {
            return None;
        }
        let name = &text[at + 1..];
        let chars: Vec<(usize, char)> = name.char_indices().take(NAME_CHARS + 1).collect();
        let end_of = |place: usize| chars.get(place).map_or(name.len(), |(end, _)| *end);
        for place in (1..=chars.len().min(NAME_CHARS)).rev().filter(|place| ends(&chars, *place)) {
            let called = folded(&name[..end_of(place)]);
            let me = called == self.me;
            if me || self.names.contains(&called) {
                let end = at + 1 + end_of(place);
                return Some((Piece::Mention { text: &text[at..end], me }, end));
            }
        }
        let other = |c: char| !c.is_alphanumeric() && c != '_' && c != '-';
        let end = at + 1 + name.find(other).unwrap_or(name.len());
        (end > at + 1).then(|| (Piece::Mention { text: &text[at..end], me: false }, end))
    }
}

/// Whether a name may end after so many characters.
fn ends(chars: &[(usize, char)], place: usize) -> bool {
    let (_, last) = chars[place - 1];
    let next = chars.get(place).map(|(_, c)| *c);
    !last.is_whitespace() && !next.is_some_and(char::is_alphanumeric) || is_ideograph(last)
}

/// Chinese has no spaces: a name may end anywhere.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn folded(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    small(&words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Links in angle brackets, names in square ones, one's own name in two.
    fn shown(text: &str) -> String {
        let names = ["Anna", "Anna 2", "Борис", "李雷", "me"].map(str::to_owned);
        let show = |piece: &Piece<'_>| match piece {
            Piece::Text(text) => (*text).to_owned(),
            Piece::Link(link) => format!("<{link}>"),
            Piece::Mention { text, me: false } => format!("[{text}]"),
            Piece::Mention { text, me: true } => format!("[[{text}]]"),
        };
        pieces(text, "Me", &names).iter().map(show).collect()
    }

    #[test]
    fn a_link_ends_where_its_sentence_goes_on() {
        for (text, expected) in [
            ("see https://a.de/x?y=1#z.", "see <https://a.de/x?y=1#z>."),
            ("(http://a.de)", "(<http://a.de>)"),
            ("(https://a.de/b_(c)), d", "(<https://a.de/b_(c)>), d"),
            ("看https://例子.中国/路径，你好", "看<https://例子.中国/路径>，你好"),
            ("https://a.de。", "<https://a.de>。"),
            ("\"HTTPS://A.DE\"", "\"<HTTPS://A.DE>\""),
            ("<https://a.de>", "<<https://a.de>>"),
            ("https://a.de/\u{202e}gpj", "<https://a.de/>\u{202e}gpj"),
            ("https://a.de\nhttps://b.de", "<https://a.de>\n<https://b.de>"),
            ("http://[::1]:3000/", "<http://[::1]:3000/>"),
            ("**https://a.de**", "**<https://a.de>**"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn what_is_no_web_address_is_no_link() {
        for text in [
            "javascript:alert(1)",
            "data:text/html,<script>",
            "http://",
            "https://.",
            "xhttp://a.de",
            "ftp://a.de",
            "www.a.de",
            "http:/a.de",
            "h",
            "https:/\u{fc}",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn names_are_found_as_the_server_finds_them() {
        for (text, expected) in [
            ("hi @Anna, look", "hi [@Anna], look"),
            ("@anna 2!", "[@anna 2]!"),
            ("@Anna 3", "[@Anna] 3"),
            ("@Annabel", "[@Annabel]"),
            ("mail@anna", "mail@anna"),
            ("(@борис)", "([@борис])"),
            ("@李雷你好", "[@李雷]你好"),
            ("@ME @me", "[[@ME]] [[@me]]"),
            ("@nobody_1-2, @!", "[@nobody_1-2], @!"),
            ("@@Anna@Anna", "@[@Anna]@Anna"),
            ("@ Anna", "[@ Anna]"),
            ("https://a.de/@Anna", "<https://a.de/@Anna>"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn so_many_are_called_and_no_more() {
        let shown = shown(&"@Anna ".repeat(MENTIONS + 1));
        assert_eq!(shown, "[@Anna] ".repeat(MENTIONS) + "@Anna ");
    }

    #[test]
    fn nothing_is_lost_whatever_is_written() {
        let parts = [
            "http",
            "https://",
            "HTTP://",
            "a.de",
            "/",
            "@",
            "@Anna",
            "Anna 2",
            "李雷",
            " ",
            "\n",
            ")",
            "(",
            ".",
            "é",
            "\u{301}",
            "👩‍👩‍👧",
            "\u{202e}",
            "ß",
            "İ",
            "'",
            "]",
            "，",
            "\0",
        ];
        let mut state = 1_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..state % 9 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let part = usize::try_from(state >> 33).unwrap() % parts.len();
                text += parts[part];
            }
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
            let names = ["Anna".to_owned(), "İ".to_owned()];
            let pieces = pieces(&text, "李雷", &names);
            let joined: String = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) | Piece::Link(text) | Piece::Mention { text, .. } => *text,
                })
                .collect();
            assert_eq!(joined, text);
            assert!(pieces.iter().all(|piece| !matches!(piece, Piece::Text(""))));
        }
    }
}
