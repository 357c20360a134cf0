//! Capitals made small, to compare what people type. In the browser it does that: Rust would bring tables of
//! every script, which are a tenth of what a page may weigh.

#[cfg(feature = "browser")]
pub fn small(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

#[cfg(not(feature = "browser"))]
pub fn small(text: &str) -> String {
    text.to_lowercase()
}
