//! Coming in, and being known.
//!
//! | file | holds |
//! |---|---|
//! | `guests` | in with a name alone |
//! | `visits` | guests of the open door, who come with a name or without |
//! | `accounts` | a name and a password; a guest becomes an account |
//! | `sessions` | who is asking; signing out, revoking |
//! | `invites` | links that let people in |
//! | `profiles` | what one sees of another, and may do to them |
//! | `names` | when two names are the same |
//! | `passwords` `signer` `token` `identity` | what the above are made of |

mod accounts;
mod guests;
mod identity;
mod invites;
pub(crate) mod names;
mod passwords;
mod profiles;
mod sessions;
mod signer;
pub(crate) mod token;
mod visits;

pub use identity::{Address, Identity};
pub(crate) use passwords::Passwords;
pub use profiles::{Duties, Profile};
pub use sessions::SignedIn;
pub(crate) use sessions::{holders, memberships, refuse_barred, tidy_label};
pub use signer::Secret;
pub(crate) use signer::Signer;
pub use token::Token;
pub(crate) use visits::Visits;

use crate::chat::Chat;
use crate::error::Error;
use crate::store::people::Person;
use names::NameKey;
use protocol::error::{Details, ErrorCode};
use protocol::{ApiError, Name, Reason};

impl Chat {
    /// A person by id or by name.
    pub(crate) async fn find_person(&self, id_or_name: &str) -> Result<Person, Error> {
        let found = match id_or_name.parse() {
            Ok(id) => self.house.store.person(id).await?,
            Err(_) => self.house.store.holder(&NameKey::of(id_or_name)).await?,
        };
        Ok(found.ok_or_else(|| ApiError::not_found("user"))?)
    }
}

fn taken(name: &Name) -> Error {
    let message = format!("{} is here already; try another name", name.as_str());
    let details = Details { field: "name".to_owned(), reason: Reason::Taken, max: None };
    ApiError { details: Some(details), ..ApiError::new(ErrorCode::Conflict, message) }.into()
}
