use super::{CommandError, open};
use crate::config::UserAction;
use crate::terminal::say;
use chat::console::Account;
use protocol::{Name, Password};
use std::io::{self, BufRead, IsTerminal};

pub(super) async fn run(action: UserAction) -> Result<(), CommandError> {
    match action {
        UserAction::Add { name, role, storage } => {
            let name = Name::parse(&name)?;
            let chat = open(&storage).await?;
            let user = chat.console().add_user(&name, &ask_password()?, role).await?;
            say(&format!("{} has an account now, as {}", user.name, user.role.name()));
        }
        UserAction::List { json, storage } => {
            for account in open(&storage).await?.console().users().await? {
                say(&if json { as_json(&account) } else { as_line(&account) });
            }
        }
        UserAction::SetRole { name, role, storage } => {
            let user = open(&storage).await?.console().set_role(&name, role).await?;
            say(&format!("{} is {} now", user.name, user.role.name()));
        }
        UserAction::SetPassword { name, storage } => {
            let chat = open(&storage).await?;
            let user = chat.console().set_password(&name, &ask_password()?).await?;
            say(&format!("{} has a new password and is signed out everywhere", user.name));
        }
        UserAction::Disable { name, storage } => {
            let user = open(&storage).await?.console().set_disabled(&name, true).await?;
            say(&format!("{} is kept out", user.name));
        }
        UserAction::Enable { name, storage } => {
            let user = open(&storage).await?.console().set_disabled(&name, false).await?;
            say(&format!("{} may come in again", user.name));
        }
    }
    Ok(())
}

/// Without an echo where someone types it; else the first line of standard input.
fn ask_password() -> Result<Password, CommandError> {
    let typed = if io::stdin().is_terminal() {
        rpassword::prompt_password("Password: ").map_err(CommandError::Password)?
    } else {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(CommandError::Password)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    Ok(Password::parse(&typed)?)
}

fn as_line(account: &Account) -> String {
    let note = if account.disabled { "  disabled" } else { "" };
    format!("{:<10} {}{note}", account.user.role.name(), account.user.name)
}

fn as_json(account: &Account) -> String {
    serde_json::json!({
        "id": account.user.id,
        "name": account.user.name,
        "role": account.user.role,
        "disabled": account.disabled,
        "createdAt": account.created_at,
    })
    .to_string()
}
