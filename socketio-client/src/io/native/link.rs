use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::websocket::Socket;
use crate::core::Input;

pub(super) type Job<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// One transport and how far it is.
#[allow(clippy::large_enum_variant, reason = "there are one or two of it")]
pub(super) enum Link {
    Connecting(Job<Result<Socket, Input>>),
    WebSocket(Socket),
    Closing(Job<()>),
    Polling(Polling),
}

#[derive(Default)]
pub(super) struct Polling {
    pub(super) get: Option<Job<Input>>,
    pub(super) post: Option<Job<Input>>,
}

pub(super) enum Progress {
    Input(Input),
    Nothing,
    /// There is nothing left of it.
    Gone,
}

impl Link {
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Progress {
        let input = match self {
            Link::Connecting(connecting) => match connecting.as_mut().poll(cx) {
                Poll::Ready(Ok(socket)) => {
                    *self = Link::WebSocket(socket);
                    Poll::Ready(Input::Opened)
                }
                Poll::Ready(Err(failure)) => Poll::Ready(failure),
                Poll::Pending => Poll::Pending,
            },
            Link::WebSocket(socket) => socket.poll(cx),
            Link::Closing(closing) => match closing.as_mut().poll(cx) {
                Poll::Ready(()) => return Progress::Gone,
                Poll::Pending => Poll::Pending,
            },
            // Answers to what was sent come before what they may set off.
            Link::Polling(polling) => match poll_job(&mut polling.post, cx) {
                Poll::Pending => poll_job(&mut polling.get, cx),
                ready @ Poll::Ready(_) => ready,
            },
        };
        match input {
            Poll::Ready(input) => Progress::Input(input),
            Poll::Pending => Progress::Nothing,
        }
    }
}

fn poll_job(job: &mut Option<Job<Input>>, cx: &mut Context<'_>) -> Poll<Input> {
    let Some(running) = job else {
        return Poll::Pending;
    };
    let done = running.as_mut().poll(cx);
    if done.is_ready() {
        *job = None;
    }
    done
}
