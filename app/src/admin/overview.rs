use super::curve::{HEIGHT, WIDTH, curve, top};
use super::figure::{Figure, number};
use super::history::History;
use super::{Board, Link, Watched};
use crate::words::admin::{AdminWords, admin_words};
use leptos::prelude::*;

#[component]
pub fn Overview(board: Board, watched: Watched) -> impl IntoView {
    provide_context(board.lang);
    let history = watched.history;
    let charts = board.charts.then(|| {
        view! {
            <div class="figures">
                {Figure::ALL.into_iter().map(|figure| view! { <Chart figure history/> }).collect_view()}
            </div>
            <Table history/>
        }
    });
    view! { <Line watched version=board.version/>{charts} }
}

/// Whether what one sees is what is, and since when the house stands.
#[component]
fn Line(watched: Watched, version: String) -> impl IntoView {
    let words = admin_words();
    let Watched { history, link } = watched;
    let told = move || match link.get() {
        Link::Page => words.as_loaded,
        Link::Connecting => words.connecting,
        Link::Live => words.live,
        Link::Lost => words.lost,
        Link::Refused => words.refused,
    };
    let of_latest = move |tell: fn(&AdminWords, &protocol::event::Stats) -> String| {
        history.with(|history| history.latest().map(|stats| tell(words, stats)).unwrap_or_default())
    };
    let several =
        move || history.with(|history| history.latest().is_some_and(|stats| stats.nodes > 1));
    view! {
        <p class="line" data-link=move || link.get().name()>
            <span class="link" role="status"><i class="dot" aria-hidden="true"></i>{told}</span>
            <span>{move || of_latest(|words, stats| (words.here)(stats.users, stats.rooms))}</span>
            <span>{move || of_latest(|words, stats| (words.up)(stats.uptime))}</span>
            <span>"Beseda "{version}</span>
        </p>
        <p class="hint" hidden=move || !several()>{words.node_only}</p>
    }
}

#[component]
fn Chart(figure: Figure, history: RwSignal<History>) -> impl IntoView {
    let words = admin_words();
    let drawn = move || history.with(|history| Drawn::of(figure, history));
    let drawn = Memo::new(move |_| drawn());
    let now = move || history.with(|history| number(words, history.now(figure)));
    let note = move || {
        history.with(|history| {
            let (lately, latest) = (history.lately(figure), history.latest());
            lately.or(latest).map(|stats| figure.note(words, stats)).unwrap_or_default()
        })
    };
    let label = move || history.with(|history| described(words, figure, history));
    let axis = move || number(words, Some(drawn.with(|drawn| drawn.top)));
    let view_box = format!("0 0 {WIDTH} {HEIGHT}");
    view! {
        <article class="figure" data-figure=figure.name()>
            <h2>{figure.label(words)}</h2>
            <p class="value"><b>{now}</b>" "<span>{figure.unit(words)}</span></p>
            <p class="remark">{note}</p>
            <p class="top" aria-hidden="true">{axis}</p>
            <svg viewBox=view_box preserveAspectRatio="none" role="img" aria-label=label>
                <path class="area" d=move || drawn.with(|drawn| drawn.area.clone())></path>
                <path class="curve" d=move || drawn.with(|drawn| drawn.line.clone())></path>
                <path class="curve beside" d=move || drawn.with(|drawn| drawn.beside.clone())></path>
            </svg>
            <p class="axis" aria-hidden="true">
                <span>{words.five_minutes_ago}</span>
                <span>{words.at_present}</span>
            </p>
        </article>
    }
}

/// The chart in a sentence.
fn described(words: &AdminWords, figure: Figure, history: &History) -> String {
    let told = |value| figure.told(words, value);
    let span = history.span(figure);
    let (least, most) = (span.map(|span| span.least), span.map(|span| span.most));
    (words.chart)(figure.label(words), &told(history.now(figure)), &told(least), &told(most))
}

#[derive(Clone, PartialEq)]
struct Drawn {
    top: f64,
    line: String,
    area: String,
    beside: String,
}

impl Drawn {
    fn of(figure: Figure, history: &History) -> Self {
        let values = history.values(|stats| figure.of(stats));
        let top = top(&values, figure.top());
        let main = curve(&values, top);
        let beside = curve(&history.values(|stats| figure.beside(stats)), top).line;
        Self { top, line: main.line, area: main.area, beside }
    }
}

/// The same for whoever would rather read numbers.
#[component]
fn Table(history: RwSignal<History>) -> impl IntoView {
    let words = admin_words();
    let row = move |figure: Figure| {
        let told = move |value: Option<f64>| number(words, value);
        let span = move || history.with(|history| history.span(figure));
        view! {
            <tr>
                <th scope="row">{figure.label(words)}" "<small>{figure.unit(words)}</small></th>
                <td>{move || told(history.with(|history| history.now(figure)))}</td>
                <td>{move || told(span().map(|span| span.least))}</td>
                <td>{move || told(span().map(|span| span.average))}</td>
                <td>{move || told(span().map(|span| span.most))}</td>
            </tr>
        }
    };
    view! {
        <details class="numbers">
            <summary>{words.in_figures}</summary>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{words.figure}</th>
                        <th scope="col">{words.now}</th>
                        <th scope="col">{words.least}</th>
                        <th scope="col">{words.average}</th>
                        <th scope="col">{words.most}</th>
                    </tr>
                </thead>
                <tbody>{Figure::ALL.into_iter().map(row).collect_view()}</tbody>
            </table>
        </details>
    }
}
