//! A lock natively; in the browser, where there is one thread, next to nothing.

#[cfg(feature = "native")]
pub(crate) struct Lock<T>(std::sync::Mutex<T>);
#[cfg(feature = "native")]
pub(crate) type Guard<'a, T> = std::sync::MutexGuard<'a, T>;

#[cfg(feature = "native")]
impl<T> Lock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(std::sync::Mutex::new(value))
    }

    /// A handler that panicked leaves nothing half done that matters here.
    pub(crate) fn lock(&self) -> Guard<'_, T> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(not(feature = "native"))]
pub(crate) struct Lock<T>(std::cell::RefCell<T>);
#[cfg(not(feature = "native"))]
pub(crate) type Guard<'a, T> = std::cell::RefMut<'a, T>;

#[cfg(not(feature = "native"))]
impl<T> Lock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(std::cell::RefCell::new(value))
    }

    /// There is one thread and no lock is held over a call to others, so this cannot fail; a page need not carry
    /// the words for it.
    pub(crate) fn lock(&self) -> Guard<'_, T> {
        self.0.try_borrow_mut().unwrap_or_else(|_| std::process::abort())
    }
}
