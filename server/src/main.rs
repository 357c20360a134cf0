//! The program `beseda`: reads its settings, starts the server, waits for a signal.

use server::config::Settings;
use server::{Server, StartError, telemetry};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let settings = match Settings::from_command_line() {
        Ok(settings) => settings,
        Err(error) => error.exit(),
    };
    telemetry::start(&settings.telemetry);
    match run(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            server::terminal::complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(settings: Settings) -> Result<(), StartError> {
    let server = Server::start(settings).await?;
    server::terminal::say(&format!("listening on {}", server.url()));
    server::shutdown::signal().await;
    tracing::info!("stopping");
    server.stop().await;
    Ok(())
}
