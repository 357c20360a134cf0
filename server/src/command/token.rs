use super::{CommandError, open};
use crate::config::TokenAction;
use crate::terminal::{say, say_aside};
use chat::Token;

pub(super) async fn run(action: TokenAction) -> Result<(), CommandError> {
    match action {
        TokenAction::Create { name, label, storage } => {
            let chat = open(&storage).await?;
            let (token, session) = chat.console().create_token(&name, &label).await?;
            say(token.as_str());
            // Beside the token, which a script reads from standard output.
            say_aside(&format!("its id is {session}; it is good for 24 hours"));
        }
        TokenAction::Revoke { token, storage } => {
            let chat = open(&storage).await?;
            let user = match token.parse() {
                Ok(session) => chat.console().revoke_session(session).await?,
                Err(_) => chat.console().revoke_token(&Token::from_text(&token)).await?,
            };
            say(&format!("that token of {} is good no more", user.name));
        }
    }
    Ok(())
}
