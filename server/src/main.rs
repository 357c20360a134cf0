//! The program `beseda`: reads its settings, starts the server, waits for a signal.

use server::config::{Action, Settings};
use server::{Server, StartError, command, telemetry, terminal};
use std::fmt::Display;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match Action::from_command_line() {
        Ok(Action::Serve(settings)) => match telemetry::start(&settings.telemetry) {
            Ok(_log) => exit(serve(*settings).await),
            Err(error) => exit(Err(error)),
        },
        Ok(Action::Other(command)) => exit(command::run(command).await),
        Err(error) => error.exit(),
    }
}

fn exit(result: Result<(), impl Display>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn serve(settings: Settings) -> Result<(), StartError> {
    let server = Server::start(settings).await?;
    terminal::say(&format!("listening on {}", server.url()));
    if let Some(url) = server.metrics_url() {
        terminal::say(&format!("metrics on {url}"));
    }
    server::shutdown::signal().await;
    tracing::info!("stopping");
    server.stop().await;
    Ok(())
}
