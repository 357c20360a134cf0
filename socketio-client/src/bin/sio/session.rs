use std::{
    collections::{BTreeMap, HashSet},
    error::Error,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use socketio_client::{AckError, Client, ClientState, ConfigError, Event, Namespace, Reply};

use crate::{
    command::{Command, Emit},
    human::{self, Human},
    input,
    machine::Machine,
    options::Options,
    output::Output,
    value,
};

/// So long do answers have after the end of input.
const LAST_ANSWERS: Duration = Duration::from_secs(1);
/// So long does the server have to take leave.
const FAREWELL: Duration = Duration::from_secs(5);
/// So many questions of the server may be open; the oldest give way.
const OPEN_QUESTIONS: usize = 1 << 16;

type Out = Arc<Mutex<Box<dyn Output>>>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the server wants answered, under ids of our own: the server's begin anew with each connection.
#[derive(Default)]
struct Questions {
    last: u64,
    open: BTreeMap<u64, (Arc<str>, Reply)>,
}

impl Questions {
    fn ask(&mut self, event: &Event) -> Option<u64> {
        let reply = event.take_reply()?;
        self.last += 1;
        self.open.insert(self.last, (event.namespace().into(), reply));
        if self.open.len() > OPEN_QUESTIONS {
            self.open.pop_first();
        }
        Some(self.last)
    }
}

struct Session {
    options: Options,
    client: Client,
    out: Out,
    questions: Arc<Mutex<Questions>>,
    known: HashSet<String>,
    names: Vec<String>,
    own_auth: HashSet<String>,
}

pub(crate) async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let output: Box<dyn Output> =
        if options.json { Box::new(Machine::new()) } else { Box::new(Human::new()) };
    let client = options.builder().build()?;
    let mut session = Session {
        client,
        out: Arc::new(Mutex::new(output)),
        questions: Arc::default(),
        known: HashSet::new(),
        names: Vec::new(),
        own_auth: HashSet::new(),
        options,
    };
    session.watch();
    let first: Vec<String> = session.options.namespaces().map(String::from).collect();
    for name in &first {
        session.connect(name, None)?;
    }
    session.read_input(first.first().map_or("/", String::as_str)).await;
    session.leave().await;
    Ok(())
}

impl Session {
    fn watch(&self) {
        let out = self.out.clone();
        let questions = self.questions.clone();
        let watch = self.client.on_change(move |change| {
            if let socketio_client::Change::Disconnect { namespace, .. } = change {
                lock(&questions).open.retain(|_, (ns, _)| ns != namespace);
            }
            lock(&out).change(change);
        });
        watch.keep();
    }

    /// The namespace of this name, with what it hears printed.
    fn namespace(&mut self, name: &str) -> Result<Namespace, ConfigError> {
        let namespace = self.client.namespace(name)?;
        if self.known.insert(name.into()) {
            self.names.push(name.into());
            let out = self.out.clone();
            let questions = self.questions.clone();
            let print = move |event: &Event| {
                let id = lock(&questions).ask(event);
                let args = value::inline(event.json(), event.attachments());
                lock(&out).event(event.namespace(), &args, id);
            };
            namespace.on_any(print).keep();
        }
        Ok(namespace)
    }

    fn connect(
        &mut self,
        name: &str,
        auth: Option<serde_json::Map<String, serde_json::Value>>,
    ) -> Result<(), ConfigError> {
        let namespace = self.namespace(name)?;
        if let Some(auth) = auth {
            self.own_auth.insert(name.into());
            namespace.set_auth(&auth)?;
        } else if let Some(auth) = &self.options.auth
            && !self.own_auth.contains(name)
        {
            namespace.set_auth(auth)?;
        }
        namespace.connect();
        Ok(())
    }

    async fn read_input(&mut self, ns: &str) {
        let mut lines = input::lines();
        loop {
            let line = tokio::select! {
                line = lines.recv() => line,
                _ = tokio::signal::ctrl_c() => return,
            };
            let Some(line) = line else {
                return self.last_answers().await;
            };
            let command = line.and_then(|line| self.parse(&line, ns));
            let done = match command {
                Ok(Some(Command::Exit)) => return,
                Ok(Some(Command::Close)) => {
                    self.linger(false).await;
                    self.client.close();
                    Ok(())
                }
                Ok(Some(command)) => self.carry_out(command),
                Ok(None) => Ok(()),
                Err(message) => Err(message),
            };
            if let Err(message) = done {
                lock(&self.out).bad_input(&message);
            }
        }
    }

    fn parse(&self, line: &str, ns: &str) -> Result<Option<Command>, String> {
        match self.options.json {
            true if line.trim().is_empty() => Ok(None),
            true => Command::read(line).map(Some),
            false => human::read(line, ns),
        }
    }

    fn carry_out(&mut self, command: Command) -> Result<(), String> {
        let refused = |error: ConfigError| error.to_string();
        match command {
            Command::Emit(emit) => self.emit(emit)?,
            Command::Connect { ns, auth } => self.connect(&ns, auth).map_err(refused)?,
            Command::Disconnect { ns } => self.namespace(&ns).map_err(refused)?.disconnect(),
            Command::Reply { ns, id, args } => self.reply(&ns, id, &args)?,
            Command::Drop => self.client.drop_connection(),
            Command::State => self.state(),
            Command::Close | Command::Exit => {}
        }
        Ok(())
    }

    fn emit(&mut self, emit: Emit) -> Result<(), String> {
        let namespace = self.namespace(&emit.ns).map_err(|error| error.to_string())?;
        let mut event = namespace.event(&emit.event);
        if emit.volatile {
            event = event.volatile();
        }
        if let Some(timeout) = emit.timeout {
            event = event.timeout(timeout);
        }
        let arguments = value::list(&emit.args);
        let sent = match emit.ack {
            None => event.emit(arguments),
            Some(tag) => {
                let out = self.out.clone();
                event.emit_with_callback(arguments, move |answer| {
                    let mut out = lock(&out);
                    match answer {
                        Ok(answer) => {
                            let args = value::inline(answer.json(), answer.attachments());
                            out.ack(&emit.ns, &tag, &args);
                        }
                        Err(AckError::Timeout) => out.ack_error(&emit.ns, &tag, "timeout"),
                        Err(_) => out.ack_error(&emit.ns, &tag, "disconnected"),
                    }
                })
            }
        };
        sent.map_err(|error| error.to_string())
    }

    fn reply(&self, ns: &str, id: u64, args: &[serde_json::Value]) -> Result<(), String> {
        let mut questions = lock(&self.questions);
        match questions.open.remove(&id) {
            Some((asked, reply)) if *asked == *ns => {
                drop(questions);
                reply.send(value::list(args)).map_err(|error| error.to_string())
            }
            Some(question) => {
                questions.open.insert(id, question);
                Err(format!("the event with id {id} came to another namespace"))
            }
            // Answered before, or asked on a connection that is gone.
            None if id <= questions.last && id > 0 => Ok(()),
            None => Err(format!("no event came with id {id}")),
        }
    }

    fn state(&self) {
        let transport = match self.client.state() {
            ClientState::Open { transport } => Some(transport.as_str()),
            _ => None,
        };
        let connected = |name: &&String| {
            self.client.namespace(name).is_ok_and(|namespace| namespace.is_connected())
        };
        let connected: Vec<String> = self.names.iter().filter(connected).cloned().collect();
        lock(&self.out).state(transport, &connected, self.client.buffered());
    }

    /// Waits until what was emitted has left, as long as there is hope for it: with `reconnecting`, also
    /// that the next attempt succeeds.
    async fn linger(&self, reconnecting: bool) {
        let mut changes = self.client.changes();
        let patience = tokio::time::sleep(self.options.timeout());
        let flushed = self.client.flushed();
        tokio::pin!(patience, flushed);
        while match self.client.state() {
            ClientState::Idle | ClientState::GaveUp { .. } => false,
            ClientState::Waiting { .. } => reconnecting,
            _ => true,
        } {
            tokio::select! {
                () = &mut flushed => return,
                () = &mut patience => return,
                _ = changes.next() => {}
            }
        }
    }

    async fn last_answers(&self) {
        self.linger(true).await;
        let answered = self.client.answered();
        let _ = tokio::time::timeout(LAST_ANSWERS, answered).await;
    }

    async fn leave(self) {
        self.linger(false).await;
        self.client.close();
        let _ = tokio::time::timeout(FAREWELL, self.client.closed()).await;
    }
}
