use crate::ids::UserId;
use serde::{Deserialize, Serialize};

/// In ascending order of what one may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Guest,
    Member,
    Moderator,
    Admin,
    Owner,
}

impl Role {
    pub const ALL: [Self; 5] =
        [Self::Guest, Self::Member, Self::Moderator, Self::Admin, Self::Owner];

    pub fn name(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub role: Role,
    pub guest: bool,
    pub color: u8,
}

impl User {
    pub fn new(id: UserId, name: String, role: Role) -> Self {
        let color = color(&name);
        Self { id, name, role, guest: role == Role::Guest, color }
    }
}

/// A person in a room's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Member {
    #[serde(flatten)]
    pub user: User,
    pub online: bool,
}

/// One of 12 colours. FNV-1a, because it is the same in every language that a bot is written in.
fn color(name: &str) -> u8 {
    let hash = name
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    u8::try_from(hash % 12).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_colour() {
        assert_eq!(color("Anna"), color("Anna"));
        let names = ["Anna", "Борис", "李雷", "Marta", "Chen", "Ольга", "Ada", "Bo"];
        let different: std::collections::BTreeSet<u8> = names.iter().map(|n| color(n)).collect();
        assert!(different.len() > 4, "{different:?}");
        assert!(different.iter().all(|color| *color < 12));
    }
}
