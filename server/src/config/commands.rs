use super::settings::{Settings, Storage};
use super::values::role;
use crate::command::Place;
use clap::{Args, Subcommand};
use protocol::Role;
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Subcommand, Debug)]
pub enum Action {
    /// Serve the chat; what `beseda` alone does
    #[command(after_help = super::AFTER)]
    Serve(Box<Settings>),
    #[command(flatten)]
    Other(Command),
}

/// What is done beside serving.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Accounts: make them, list them, change them; a server that runs meanwhile heeds it within two seconds
    #[command(subcommand)]
    User(UserAction),
    /// Tokens with which programs come in
    #[command(subcommand)]
    Token(TokenAction),
    /// Write everything that was said to standard output, a JSON object a line
    Export(Export),
    /// Copy the database into a file, while the server runs or not
    Backup(Backup),
    /// Put a backup in the database's place; the server must not be running
    Restore(Restore),
    /// Move the database from the data directory to PostgreSQL; the server must not be running
    Migrate(Migrate),
    /// Ask the server on this machine whether it lives; ends with 1 when it doesn't
    Health(Health),
    /// Look at settings, storage, limits and the server that runs with them, and say what to change. Changes
    /// nothing; ends with 1 when there is a problem
    Doctor(Box<Doctor>),
}

#[derive(Subcommand, Debug)]
pub enum UserAction {
    /// Make an account. The password is asked for, or read from standard input
    Add {
        name: String,
        /// owner, admin, moderator or member [default: owner for the first account, then member]
        #[arg(long, value_name = "ROLE", value_parser = role)]
        role: Option<Role>,
        #[command(flatten)]
        storage: Storage,
    },
    /// List the accounts
    List {
        /// A JSON object a line
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        storage: Storage,
    },
    /// Make someone owner, admin, moderator or member
    SetRole {
        name: String,
        #[arg(value_parser = role)]
        role: Role,
        #[command(flatten)]
        storage: Storage,
    },
    /// Give someone a new password, which ends their sessions; makes an account of a guest
    SetPassword {
        name: String,
        #[command(flatten)]
        storage: Storage,
    },
    /// Keep someone out, and end their sessions
    Disable {
        name: String,
        #[command(flatten)]
        storage: Storage,
    },
    /// Let someone in again
    Enable {
        name: String,
        #[command(flatten)]
        storage: Storage,
    },
}

#[derive(Subcommand, Debug)]
pub enum TokenAction {
    /// Print a token that is good for a day: a program sends it as `auth.token`, or as
    /// `Authorization: Bearer`
    Create {
        /// In whose name the program speaks
        name: String,
        /// What the program is called
        #[arg(long, value_name = "TEXT", default_value = "")]
        label: String,
        #[command(flatten)]
        storage: Storage,
    },
    /// End a token before its time
    Revoke {
        /// The token, or the id that `create` printed with it
        token: String,
        #[command(flatten)]
        storage: Storage,
    },
}

#[derive(Args, Debug)]
pub struct Export {
    /// Only this room, by slug or id
    #[arg(long)]
    pub room: Option<String>,
    #[command(flatten)]
    pub storage: Storage,
}

#[derive(Args, Debug)]
pub struct Backup {
    /// The new file
    pub file: PathBuf,
    #[command(flatten)]
    pub storage: Storage,
}

#[derive(Args, Debug)]
pub struct Restore {
    /// What `beseda backup` wrote
    pub file: PathBuf,
    #[command(flatten)]
    pub storage: Storage,
}

#[derive(Args, Debug)]
pub struct Migrate {
    /// An empty PostgreSQL database (postgres://…)
    #[arg(long, env = "BESEDA_MIGRATE_TO", value_name = "URL", hide_env_values = true)]
    pub to: String,
    #[command(flatten)]
    pub storage: Storage,
}

#[derive(Args, Debug)]
pub struct Health {
    /// Where the server listens
    #[arg(long, env = "BESEDA_ADDRESS", value_name = "IP:PORT", default_value = "127.0.0.1:3000")]
    pub address: SocketAddr,
    /// The file of settings that the server was given
    #[arg(long, env = "BESEDA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The settings are those that the server is given.
#[derive(Args, Debug)]
pub struct Doctor {
    /// Where people reach the server: looks at what stands before it, too [default: where it listens]
    #[arg(long, value_name = "URL")]
    pub url: Option<Place>,
    /// A JSON object a line
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub settings: Settings,
}
