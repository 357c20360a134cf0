//! Letters, as people see them, without the tables of every script that Rust would bring: these would be a tenth
//! of what a page may weigh.

/// Capitals made small, to compare what people type. In the browser it does that.
#[cfg(feature = "browser")]
pub fn small(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

#[cfg(not(feature = "browser"))]
pub fn small(text: &str) -> String {
    text.to_lowercase()
}

/// The first letter of a name with what belongs to it: the other half of a flag, an accent, a colour of skin.
pub fn initial(name: &str) -> &str {
    let is_flag = |c: char| ('\u{1f1e6}'..='\u{1f1ff}').contains(&c);
    let mut letters = name.char_indices();
    let Some((_, first)) = letters.next() else { return name };
    if is_flag(first) {
        letters.next();
    }
    let end = letters.find(|(_, letter)| !belongs(*letter)).map_or(name.len(), |(end, _)| end);
    &name[..end]
}

fn belongs(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{1f3fb}'..='\u{1f3ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_letter_is_whole() {
        for whole in ["A", "я", "李", "🇨🇳", "👍🏽", "1️⃣", "e\u{301}\u{323}", ""] {
            assert_eq!(initial(whole), whole);
            assert_eq!(
                initial(&format!("{whole}zu 🇷🇺")),
                if whole.is_empty() { "z" } else { whole }
            );
        }
    }
}
