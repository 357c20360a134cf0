use tokio::signal::ctrl_c;

/// Returns at SIGTERM or at Ctrl-C.
pub async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = ctrl_c() => {}
            }
            return;
        }
    }
    let _ = ctrl_c().await;
}
