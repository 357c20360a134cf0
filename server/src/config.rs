//! Every setting: a flag, an environment variable, a key of the file, in that order of precedence.

use clap::{Arg, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

const ABOUT: &str =
    "Beseda, a self-hosted chat: one program with its page and its database inside.";

const AFTER: &str = "\
Examples:
  beseda
      Serve on http://127.0.0.1:3000 and keep everything in ./data
  beseda --address 0.0.0.0:80 --data-dir /var/lib/beseda
      Serve the whole network
  BESEDA_ADDRESS=127.0.0.1:0 beseda
      Serve on any free port; the first line of output says which

Each option can also be given as the environment variable shown with it, or as a key of the
file that --config names (address = \"0.0.0.0:80\"). A flag wins over the environment, and the
environment over the file.";

#[derive(Parser, Debug)]
#[command(name = "beseda", version, about = ABOUT, after_help = AFTER)]
#[command(args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Action>,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Serve the chat; what `beseda` alone does
    #[command(after_help = AFTER)]
    Serve(Settings),
}

#[derive(Args, Debug, Clone)]
pub struct Settings {
    #[command(flatten)]
    pub http: Http,
    #[command(flatten)]
    pub storage: Storage,
    #[command(flatten)]
    pub engine: Engine,
    #[command(flatten)]
    pub telemetry: Telemetry,
    /// Read further settings from this TOML file
    #[arg(long, env = "BESEDA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Args, Debug, Clone)]
pub struct Http {
    /// Where to listen; port 0 takes any free one
    #[arg(long, env = "BESEDA_ADDRESS", value_name = "IP:PORT", default_value = "127.0.0.1:3000")]
    pub address: SocketAddr,
}

#[derive(Args, Debug, Clone)]
pub struct Storage {
    /// Where the database is kept; made when it isn't there
    #[arg(long, env = "BESEDA_DATA_DIR", value_name = "DIR", default_value = "./data")]
    pub data_dir: PathBuf,
}

/// Socket.IO's own settings, with the names and defaults that its users know.
#[derive(Args, Debug, Clone)]
pub struct Engine {
    /// How often a client is pinged
    #[arg(long, env = "BESEDA_PING_INTERVAL", value_name = "TIME", default_value = "25s")]
    #[arg(value_parser = duration)]
    pub ping_interval: Duration,
    /// How long a client may take to answer a ping before its connection is closed
    #[arg(long, env = "BESEDA_PING_TIMEOUT", value_name = "TIME", default_value = "20s")]
    #[arg(value_parser = duration)]
    pub ping_timeout: Duration,
    /// The largest packet that a client may send
    #[arg(long, env = "BESEDA_MAX_PAYLOAD", value_name = "SIZE", default_value = "1MB")]
    #[arg(value_parser = size)]
    pub max_payload: usize,
}

#[derive(Args, Debug, Clone)]
pub struct Telemetry {
    /// What to log: error, warn, info, debug, trace, or a filter such as `info,chat=debug`
    #[arg(long, env = "BESEDA_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,
    /// How to write the log
    #[arg(long, env = "BESEDA_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people
    Text,
    /// A JSON object a line, for machines
    Json,
}

impl Settings {
    pub fn from_command_line() -> Result<Self, clap::Error> {
        Self::from_args(std::env::args_os())
    }

    pub fn from_args(
        args: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<Self, clap::Error> {
        let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
        let given = parse(Cli::command(), &args)?;
        let Some(file) = &given.config else {
            return Ok(given);
        };
        parse(with_file(Cli::command(), file)?, &args)
    }
}

fn parse(command: Command, args: &[OsString]) -> Result<Settings, clap::Error> {
    let matches = command.try_get_matches_from(args)?;
    let cli = Cli::from_arg_matches(&matches)?;
    Ok(match cli.command {
        Some(Action::Serve(settings)) => settings,
        None => cli.settings,
    })
}

/// The file's values become the defaults, which flags and environment then override.
fn with_file(mut command: Command, path: &Path) -> Result<Command, clap::Error> {
    let refuse = |command: &mut Command, told: String| {
        Err(command.error(clap::error::ErrorKind::InvalidValue, told))
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            return refuse(&mut command, format!("can't read {}: {error}", path.display()));
        }
    };
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            return refuse(&mut command, format!("{} is no TOML: {error}", path.display()));
        }
    };
    for (key, value) in table {
        let known = |arg: &Arg| arg.get_long() == Some(key.as_str()) && key != "config";
        let Some(id) =
            command.get_arguments().find(|arg| known(arg)).map(|arg| arg.get_id().clone())
        else {
            let told = format!("{}: there is no setting called `{key}`", path.display());
            return refuse(&mut command, told);
        };
        let value = match value {
            toml::Value::String(text) => text,
            other => other.to_string(),
        };
        let set = |arg: Arg| arg.default_value(value.clone());
        command = command
            .mut_arg(id.clone(), set)
            .mut_subcommand("serve", |serve| serve.mut_arg(id, set));
    }
    Ok(command)
}

fn duration(text: &str) -> Result<Duration, String> {
    let told = || format!("`{text}` is no time; write it as 500ms, 25s or 2m");
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| told())?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs).ok_or_else(told),
        _ => Err(told()),
    }
}

fn size(text: &str) -> Result<usize, String> {
    let told = || format!("`{text}` is no size; write it as 64KB or 1MB");
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: usize = number.parse().map_err(|_| told())?;
    let factor = match unit {
        "" | "B" => 1,
        "KB" => 1_000,
        "MB" => 1_000_000,
        _ => return Err(told()),
    };
    number.checked_mul(factor).ok_or_else(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(args: &[&str]) -> Result<Settings, String> {
        let args = std::iter::once("beseda").chain(args.iter().copied());
        Settings::from_args(args).map_err(|error| error.to_string())
    }

    #[test]
    fn the_command_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serve_is_the_default_command() {
        let short = settings(&["--address", "127.0.0.1:0"]).unwrap();
        let long = settings(&["serve", "--address", "127.0.0.1:0"]).unwrap();
        assert_eq!(short.http.address, long.http.address);
        assert_eq!(short.engine.ping_interval, Duration::from_secs(25));
        assert_eq!(short.engine.max_payload, 1_000_000);
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("beseda.toml");
        std::fs::write(&file, "address = \"127.0.0.1:1\"\nping-interval = \"2s\"\n").unwrap();
        let file = file.to_str().unwrap();
        for command in [&["--config", file][..], &["serve", "--config", file]] {
            let from_file = settings(command).unwrap();
            assert_eq!(from_file.http.address.port(), 1);
            assert_eq!(from_file.engine.ping_interval, Duration::from_secs(2));
            let flagged = settings(&[command, &["--address", "127.0.0.1:2"]].concat()).unwrap();
            assert_eq!(flagged.http.address.port(), 2);
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("beseda.toml");
        std::fs::write(&file, "adress = \"127.0.0.1:1\"\n").unwrap();
        let told = settings(&["--config", file.to_str().unwrap()]).unwrap_err();
        assert!(told.contains("no setting called `adress`"), "{told}");
        let told = settings(&["--ping-interval", "soon"]).unwrap_err();
        assert!(told.contains("write it as 500ms, 25s or 2m"), "{told}");
    }
}
