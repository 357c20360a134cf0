//! The client against real servers: the reference one on Node, and socketioxide. The same scenarios, over
//! each order of transports.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod network;
mod node;
mod oxide;
mod scenarios;
mod spread;
mod support;

use support::{POLLING, POLLING_UPGRADED, WEBSOCKET};

/// Each scenario on each server, over each order of transports.
macro_rules! everywhere {
    ($($scenario:ident),* $(,)?) => {
        $(mod $scenario {
            use super::{POLLING, POLLING_UPGRADED, WEBSOCKET, node, oxide, scenarios};

            #[tokio::test]
            async fn node_websocket() {
                scenarios::$scenario(&mut node::Node::start().await, WEBSOCKET).await;
            }

            #[tokio::test]
            async fn node_polling() {
                scenarios::$scenario(&mut node::Node::start().await, POLLING).await;
            }

            #[tokio::test]
            async fn node_upgraded() {
                scenarios::$scenario(&mut node::Node::start().await, POLLING_UPGRADED).await;
            }

            #[tokio::test]
            async fn socketioxide_websocket() {
                scenarios::$scenario(&mut oxide::Oxide::start().await, WEBSOCKET).await;
            }

            #[tokio::test]
            async fn socketioxide_polling() {
                scenarios::$scenario(&mut oxide::Oxide::start().await, POLLING).await;
            }

            #[tokio::test]
            async fn socketioxide_upgraded() {
                scenarios::$scenario(&mut oxide::Oxide::start().await, POLLING_UPGRADED).await;
            }
        })*
    };
}

everywhere!(
    echo,
    acks_both_ways,
    binary_both_ways,
    many_namespaces,
    refusal,
    put_out,
    kill_and_return,
    load_in_both_directions,
    goodbye,
);

/// On servers whose heartbeat is quick.
mod heartbeat_loss {
    use super::{POLLING, POLLING_UPGRADED, WEBSOCKET, node::Node, oxide::Oxide, scenarios};

    #[tokio::test]
    async fn node() {
        for order in [WEBSOCKET, POLLING, POLLING_UPGRADED] {
            scenarios::heartbeat_loss(&mut Node::with_quick_heartbeat().await, order).await;
        }
    }

    #[tokio::test]
    async fn socketioxide() {
        for order in [WEBSOCKET, POLLING, POLLING_UPGRADED] {
            scenarios::heartbeat_loss(&mut Oxide::with_quick_heartbeat().await, order).await;
        }
    }
}

#[tokio::test]
async fn recovery() {
    scenarios::recovery(&mut node::Node::recovering().await).await;
}

#[tokio::test]
async fn a_refusal_with_retry_after_is_tried_again() {
    scenarios::retry_after(&mut node::Node::start().await).await;
}

#[tokio::test]
async fn polling_where_websockets_are_not_to_be_had() {
    scenarios::fallback(&mut node::Node::polling_only().await).await;
}
