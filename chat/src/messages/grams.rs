//! How search finds words inside words, in any script: a text holds a word if its folded form holds
//! the word's folded form. An index can't answer that, but it can name the few texts to look at: those
//! that hold each character and each pair of neighbours of the word.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// Case and width don't matter.
fn fold(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase().nfkc().collect()
}

/// What is searched for: each word of a query must be found, in any place and order.
pub(crate) struct Needle {
    words: Vec<String>,
}

impl Needle {
    pub(crate) fn new(query: &str) -> Self {
        Self { words: fold(query).split_whitespace().map(str::to_owned).collect() }
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        let text = fold(text);
        self.words.iter().all(|word| text.contains(word.as_str()))
    }

    /// Where its words are, in bytes of the text; in order, and none in another.
    fn places(&self, text: &str) -> Vec<Range<usize>> {
        // Each folded character, with where it comes from.
        let mut folded: Vec<(char, Range<usize>)> = Vec::new();
        for (at, c) in text.char_indices() {
            let from = at..at + c.len_utf8();
            folded.extend(fold(&text[from.clone()]).chars().map(|c| (c, from.clone())));
        }
        let mut hit = vec![false; folded.len()];
        for word in &self.words {
            let word: Vec<char> = word.chars().collect();
            for (at, window) in folded.windows(word.len()).enumerate() {
                if window.iter().map(|(c, _)| c).eq(&word) {
                    hit[at..at + word.len()].fill(true);
                }
            }
        }
        let mut places: Vec<Range<usize>> = Vec::new();
        for ((_, from), _) in folded.iter().zip(hit).filter(|(_, hit)| *hit) {
            match places.last_mut() {
                Some(last) if last.end >= from.start => last.end = from.end,
                _ => places.push(from.clone()),
            }
        }
        places
    }

    /// The fewest grams that a text must have: the pairs hold their characters already.
    pub(crate) fn grams(&self) -> Vec<String> {
        let mut grams = BTreeSet::new();
        for word in &self.words {
            let mut pairs = pairs(word).peekable();
            if pairs.peek().is_none() {
                grams.extend(word.chars().map(single));
            }
            grams.extend(pairs);
        }
        grams.into_iter().collect()
    }
}

/// Where in a text a query's words stand, to be marked there: ranges of bytes, in order. A letter that is
/// written as several characters may be found by [`Chat::search`](crate::Chat::search) and not be here.
pub fn found(query: &str, text: &str) -> Vec<Range<usize>> {
    Needle::new(query).places(text)
}

/// The grams of a text, each once.
pub(crate) fn of(text: &str) -> Vec<String> {
    let mut grams = BTreeSet::new();
    for word in fold(text).split_whitespace() {
        grams.extend(word.chars().map(single));
        grams.extend(pairs(word));
    }
    grams.into_iter().collect()
}

/// Characters are written as numbers, so that no engine sees anything but letters and digits in them.
fn single(c: char) -> String {
    format!("{:x}", u32::from(c))
}

fn pairs(word: &str) -> impl Iterator<Item = String> {
    word.chars().zip(word.chars().skip(1)).map(|(first, second)| {
        let mut pair = single(first);
        // Writing to a String can't fail.
        let _ = write!(pair, "x{:x}", u32::from(second));
        pair
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_inside_a_word() {
        for (text, query) in [
            ("Побеседовали вчера", "бесед"),
            ("我们明天开会讨论", "开会"),
            ("ＦＵＬＬ width", "full"),
            ("see NOT here", "not"),
            ("say \"hi\" * now", "\"hi\""),
            ("a*b", "*"),
            ("会", "会"),
        ] {
            let needle = Needle::new(query);
            assert!(needle.is_in(text), "{query} in {text}");
            let grams = of(text);
            assert!(needle.grams().iter().all(|gram| grams.contains(gram)), "{query} in {text}");
        }
    }

    #[test]
    fn what_was_found_is_where_it_stands_in_the_text() {
        let marked = |query: &str, text: &str| {
            let ranges = found(query, text).into_iter();
            ranges.map(|range| text[range].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(marked("бесед", "Побеседовали о Беседах"), ["бесед", "Бесед"]);
        assert_eq!(marked("full", "a ＦＵＬＬ width"), ["ＦＵＬＬ"]);
        assert_eq!(marked("ab bc x", "abc"), ["abc"]);
        assert_eq!(marked("i", "ﬁne, İ"), ["ﬁ", "İ"]);
        assert_eq!(marked("开会", "我们明天开会讨论"), ["开会"]);
        assert!(found("nothing", "here").is_empty() && found(" ", "here").is_empty());
        assert!(found("long", "").is_empty());
    }

    #[test]
    fn every_word_must_be_there() {
        assert!(Needle::new("b a").is_in("a b"));
        assert!(!Needle::new("a c").is_in("a b"));
        assert!(!Needle::new("ab").is_in("a b"));
    }
}
