use super::CommandError;
use super::client::Place;
use crate::config::Health;
use crate::terminal::say;
use http::StatusCode;

pub(super) async fn run(health: &Health) -> Result<(), CommandError> {
    let place = Place::of(health.address);
    let unwell = |told| CommandError::Unwell { address: place.authority.clone(), told };
    let answer = place.get("/health", &[]).await.map_err(|error| unwell(error.to_string()))?;
    if answer.status != StatusCode::OK {
        return Err(unwell(answer.status.to_string()));
    }
    say("ok");
    Ok(())
}
