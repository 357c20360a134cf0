//! Many people at once, and what they hear.

pub(crate) mod client;
pub(crate) mod heard;
pub(crate) mod sender;
pub(crate) mod tally;

use crate::failure::Failure;
use crate::peer::dialect::Dialect;
use client::Client;
use std::net::SocketAddr;
use std::rc::Rc;
use tally::Tally;
use tokio::task::JoinSet;

/// So many come in, or ask something, at the same time.
const AT_ONCE: usize = 256;

pub(crate) struct Crowd {
    pub(crate) server: SocketAddr,
    pub(crate) dialect: &'static Dialect,
    pub(crate) tally: Rc<Tally>,
    pub(crate) people: Vec<Rc<Client>>,
}

impl Crowd {
    pub(crate) fn new(server: SocketAddr, dialect: &'static Dialect) -> Self {
        Self { server, dialect, tally: Rc::new(Tally::new()), people: Vec::new() }
    }

    /// Connections that are still there.
    pub(crate) fn held(&self) -> u64 {
        self.people.iter().filter(|client| !client.is_gone()).count() as u64
    }

    /// One more for each token, as quickly as the server takes them.
    pub(crate) async fn come(&mut self, tokens: &[String]) -> Result<(), Failure> {
        let first = self.people.len();
        let (server, dialect, tally) = (self.server, self.dialect, &self.tally);
        let come = |place: usize| {
            let (tally, token) = (Rc::clone(tally), tokens[place].clone());
            let number = u32::try_from(first + place).unwrap_or(u32::MAX);
            async move { Client::connect(server, number, dialect, &token, &tally).await }
        };
        self.people.extend(all(tokens.len(), come).await?);
        Ok(())
    }

    /// Everyone from this place on enters the room.
    pub(crate) async fn enter(&self, people: &[Rc<Client>], room: &str) -> Result<(), Failure> {
        let event = self.dialect.join(room);
        let enter = |place: usize| {
            let (client, event) = (Rc::clone(&people[place]), event.clone());
            async move { client.ask(&event).await.map(drop) }
        };
        all(people.len(), enter).await.map(drop)
    }

    /// A room for so many. Whoever makes it is a member of it from then on.
    pub(crate) async fn make_room(
        &self,
        maker: &Client,
        name: &str,
        members: usize,
    ) -> Result<String, Failure> {
        let Some(create) = self.dialect.create(name, members) else { return Ok(name.to_owned()) };
        let answer = maker.ask(&create).await?;
        let answer: serde_json::Value =
            serde_json::from_slice(&answer).map_err(|error| Failure::Answer(error.to_string()))?;
        let id = answer[0]["room"]["id"].as_str();
        id.map(str::to_owned).ok_or_else(|| Failure::Answer(answer.to_string()))
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for person in &self.people {
            person.close();
        }
    }
}

/// The same for each, many at once; what each brought, in order.
pub(crate) async fn all<T: 'static, F>(
    count: usize,
    one: impl FnMut(usize) -> F,
) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<T, Failure>> + 'static,
{
    at_once(AT_ONCE, count, one).await
}

/// The same, so many at once.
pub(crate) async fn at_once<T: 'static, F>(
    most: usize,
    count: usize,
    mut one: impl FnMut(usize) -> F,
) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<T, Failure>> + 'static,
{
    let mut running = JoinSet::new();
    let mut waiting = 0..count;
    let mut done = Vec::with_capacity(count);
    done.resize_with(count, || None);
    loop {
        while running.len() < most
            && let Some(place) = waiting.next()
        {
            let work = one(place);
            running.spawn_local(async move { work.await.map(|brought| (place, brought)) });
        }
        let Some(ended) = running.join_next().await else { break };
        let (place, brought) = ended.map_err(|_| Failure::Gone)??;
        done[place] = Some(brought);
    }
    Ok(done.into_iter().flatten().collect())
}
