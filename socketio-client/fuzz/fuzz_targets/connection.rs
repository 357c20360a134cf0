//! A server that sends these lines, one each 100 ms, to a client that talks all the while.
#![no_main]

use libfuzzer_sys::fuzz_target;
use socketio_client::{
    codec::engine::Frame,
    core::{Action, Config, Core, EmitOptions, Endpoint, Input, LinkId},
};

fuzz_target!(|text: &str| {
    let Ok(endpoint) = Endpoint::parse("ws://server") else { return };
    let mut core = Core::new(endpoint, Config::default());
    let ns = core.namespace("/");
    core.connect(0, ns);
    let mut link = LinkId(0);
    let mut now = 0;
    for line in text.lines() {
        now += 100;
        core.tick(now);
        let _ = core.emit(now, ns, "[\"a\"]".into(), Vec::new(), EmitOptions::default());
        let mut actions = 0;
        while let Some(action) = core.poll_action() {
            actions += 1;
            assert!(actions < 1000, "it spins");
            if let Action::Connect(id, _) | Action::Get(id, _) = action {
                link = id;
            }
        }
        core.handle(now, link, Input::Frame(Frame::Text(line.into())));
        core.handle(now, link, Input::Drained);
        core.handle(now, link, Input::Polled(line.into()));
        while core.poll_notice().is_some() {}
    }
});
