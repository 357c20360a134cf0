use protocol::{SessionId, User};

/// Who is asking, and through which session.
#[derive(Debug, Clone)]
pub struct Identity {
    pub user: User,
    pub session: SessionId,
}
