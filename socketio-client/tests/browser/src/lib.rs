//! What the client has to be able to do in a page, over each order of transports.

mod scenarios;
mod support;

use js_sys::Function;
use socketio_client::Transport::{Polling, WebSocket};
use support::Order;
use wasm_bindgen::prelude::*;

const ORDERS: [(&str, Order); 3] =
    [("websocket", &[WebSocket]), ("polling", &[Polling]), ("upgraded", &[Polling, WebSocket])];

/// Runs everything; tells `passed` the name of each that did. A panic ends it.
#[wasm_bindgen]
pub async fn run(passed: Function) {
    console_error_panic_hook::set_once();
    let tell = |name: &str, order: &str| {
        let _ = passed.call1(&JsValue::NULL, &JsValue::from_str(&format!("{name} over {order}")));
    };
    macro_rules! all {
        ($order:ident: $($scenario:ident)*) => {
            $(
                scenarios::$scenario($order.1).await;
                tell(stringify!($scenario), $order.0);
            )*
        };
    }
    for order in ORDERS {
        all!(order: echo acks_both_ways binary_both_ways many_namespaces refusal put_out cut_and_return
            heartbeat_loss load_in_both_directions wakes_with_the_network goodbye);
    }
}
