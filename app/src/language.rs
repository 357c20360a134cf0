use crate::words::Lang;

/// The language of this page: the server's choice, which the document carries to the browser.
pub(crate) fn lang() -> Lang {
    #[cfg(feature = "ssr")]
    {
        crate::ssr::lang()
    }
    #[cfg(all(feature = "browser", not(feature = "ssr")))]
    {
        let root = leptos::prelude::document().document_element();
        let tag = root.and_then(|root| root.get_attribute("lang"));
        tag.and_then(|tag| Lang::from_tag(&tag)).unwrap_or_default()
    }
    #[cfg(not(any(feature = "ssr", feature = "browser")))]
    {
        Lang::default()
    }
}
