//! Every setting and every command. A setting is a flag, an environment variable, a key of the file,
//! in that order of precedence.
//!
//! | file | holds |
//! |---|---|
//! | `settings` | what `beseda serve` can be told |
//! | `commands` | the other commands and what they take |
//! | `values` | how a value is written |

mod commands;
mod settings;
mod values;

pub use commands::{
    Action, Backup, Command, Doctor, Export, Health, Migrate, Restore, TokenAction, UserAction,
};
pub use settings::{
    DurabilityChoice, Engine, Http, LogFormat, Nodes, People, RegistrationChoice, Settings,
    Storage, Switch, Telemetry, Transport,
};

use clap::{Arg, CommandFactory, FromArgMatches, Parser};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

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
  beseda user add Anna --role owner
      Make an account; the password is asked for

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

impl Action {
    pub fn from_command_line() -> Result<Self, clap::Error> {
        Self::from_args(std::env::args_os())
    }

    pub fn from_args(
        args: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<Self, clap::Error> {
        let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
        let (action, file) = parse(Cli::command(), &args)?;
        match file {
            Some(file) => Ok(parse(with_file(Cli::command(), &file)?, &args)?.0),
            None => Ok(action),
        }
    }
}

fn parse(
    command: clap::Command,
    args: &[OsString],
) -> Result<(Action, Option<PathBuf>), clap::Error> {
    let matches = command.try_get_matches_from(args)?;
    let mut leaf = &matches;
    while let Some((_, deeper)) = leaf.subcommand() {
        leaf = deeper;
    }
    let file = leaf.try_get_one::<PathBuf>("config").ok().flatten().cloned();
    let cli = Cli::from_arg_matches(&matches)?;
    Ok((cli.command.unwrap_or(Action::Serve(Box::new(cli.settings))), file))
}

/// The file's values become the defaults, which flags and environment then override.
fn with_file(mut command: clap::Command, path: &Path) -> Result<clap::Command, clap::Error> {
    let refuse = |command: &mut clap::Command, told: String| {
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
        if key == "config" || !command.get_arguments().any(|arg| is_called(arg, &key)) {
            let told = format!("{}: there is no setting called `{key}`", path.display());
            return refuse(&mut command, told);
        }
        command = with_default(command, &key, &words(value));
    }
    Ok(command)
}

fn words(value: toml::Value) -> Vec<String> {
    match value {
        toml::Value::String(text) => vec![text],
        toml::Value::Array(values) => values.into_iter().flat_map(words).collect(),
        other => vec![other.to_string()],
    }
}

/// In every command that knows the setting.
fn with_default(command: clap::Command, key: &str, values: &[String]) -> clap::Command {
    let given = |arg: Arg| {
        if is_called(&arg, key) { arg.default_values(values.to_vec()) } else { arg }
    };
    command.mut_args(given).mut_subcommands(|deeper| with_default(deeper, key, values))
}

fn is_called(arg: &Arg, key: &str) -> bool {
    arg.get_long() == Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn action(args: &[&str]) -> Result<Action, String> {
        let args = std::iter::once("beseda").chain(args.iter().copied());
        Action::from_args(args).map_err(|error| error.to_string())
    }

    fn settings(args: &[&str]) -> Result<Settings, String> {
        match action(args)? {
            Action::Serve(settings) => Ok(*settings),
            Action::Other(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_command_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_handbook_has_every_command_and_every_option() {
        let handbook = include_str!("../../../docs/options.md");
        stands_in(handbook, &Cli::command(), "beseda");
    }

    fn stands_in(handbook: &str, command: &clap::Command, path: &str) {
        for row in command.get_arguments().filter_map(row) {
            assert!(handbook.contains(&row), "{path}: there is no `{row}`");
        }
        for deeper in command.get_subcommands() {
            let path = format!("{path} {}", deeper.get_name());
            let is_family = deeper.has_subcommands();
            assert!(is_family || handbook.contains(&format!("| `{path}")), "there is no `{path}`");
            stands_in(handbook, deeper, &path);
        }
    }

    /// How the row of a flag begins: flag, variable, default.
    fn row(arg: &Arg) -> Option<String> {
        let cell = |text: Option<String>| text.map_or("–".to_owned(), |text| format!("`{text}`"));
        let variable = arg.get_env().map(|name| name.to_string_lossy().into_owned());
        let defaults = arg.get_default_values().iter().map(|value| value.to_string_lossy());
        let defaults = defaults.collect::<Vec<_>>().join(",");
        let defaults = Some(defaults).filter(|text| !text.is_empty());
        Some(format!("| `--{}` | {} | {} |", arg.get_long()?, cell(variable), cell(defaults)))
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
        let text = "address = \"127.0.0.1:1\"\nping-interval = \"2s\"\n\
                    keep-days = 30\nlimit = [\"message=1/2\", \"login=off\"]\n";
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        for command in [&["--config", file][..], &["serve", "--config", file]] {
            let from_file = settings(command).unwrap();
            assert_eq!(from_file.http.address.port(), 1);
            assert_eq!(from_file.engine.ping_interval, Duration::from_secs(2));
            assert_eq!(from_file.storage.keep_days, Some(30));
            assert_eq!(from_file.people.limit, ["message=1/2", "login=off"]);
            let flagged = settings(&[command, &["--address", "127.0.0.1:2"]].concat()).unwrap();
            assert_eq!(flagged.http.address.port(), 2);
        }
    }

    #[test]
    fn every_command_reads_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("beseda.toml");
        std::fs::write(&file, "data-dir = \"/elsewhere\"\nguests = \"off\"\n").unwrap();
        let Action::Other(Command::Backup(backup)) =
            action(&["backup", "out.sqlite", "--config", file.to_str().unwrap()]).unwrap()
        else {
            panic!("another command");
        };
        assert_eq!(backup.storage.data_dir, Path::new("/elsewhere"));
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("beseda.toml");
        std::fs::write(&file, "adress = \"127.0.0.1:1\"\n").unwrap();
        let told = settings(&["--config", file.to_str().unwrap()]).unwrap_err();
        assert!(told.contains("no setting called `adress`"), "{told}");
        let told = settings(&["--ping-interval", "soon"]).unwrap_err();
        assert!(told.contains("write it as 500ms, 25s, 2m"), "{told}");
        let told = settings(&["--limit", "massage=1/2"]).unwrap_err();
        assert!(told.contains("no limit called `massage`"), "{told}");
        let told = settings(&["--metrics-token", "short"]).unwrap_err();
        assert!(told.contains("at least 16"), "{told}");
        let told = settings(&["--otel-endpoint", "collector"]).unwrap_err();
        let with =
            if cfg!(feature = "otel") { "write it as http://" } else { "--bin-features otel" };
        assert!(told.contains(with), "{told}");
        let told = action(&["user", "set-role", "Anna", "king"]).unwrap_err();
        assert!(told.contains("no role called `king`"), "{told}");
    }
}
