use super::figure::Figure;
use protocol::event::{Past, Stats};
use std::collections::VecDeque;

/// One for each second: five minutes.
pub const KEPT: usize = 300;

/// An answer so long ago, in seconds, is no figure of now.
const LATELY: usize = 20;

/// The last minutes, second by second, from old to new.
#[derive(Debug, Clone, Default)]
pub struct History(VecDeque<Stats>);

impl History {
    pub fn add(&mut self, stats: Stats) {
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(stats);
    }

    pub fn past(&self) -> Past {
        Past { stats: self.0.iter().cloned().collect() }
    }

    pub fn latest(&self) -> Option<&Stats> {
        self.0.back()
    }

    pub fn values(&self, of: impl Fn(&Stats) -> Option<f64>) -> Vec<Option<f64>> {
        self.0.iter().map(of).collect()
    }

    /// What a figure is now, or was a moment ago.
    pub fn now(&self, figure: Figure) -> Option<f64> {
        self.lately(figure).and_then(|stats| figure.of(stats))
    }

    /// The second that it is from.
    pub fn lately(&self, figure: Figure) -> Option<&Stats> {
        self.0.iter().rev().take(LATELY).find(|stats| figure.of(stats).is_some())
    }

    pub fn span(&self, figure: Figure) -> Option<Span> {
        Span::of(self.0.iter().filter_map(|stats| figure.of(stats)))
    }
}

impl From<Past> for History {
    fn from(past: Past) -> Self {
        let mut history = Self::default();
        past.stats.into_iter().for_each(|stats| history.add(stats));
        history
    }
}

/// Between what and what a figure was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    pub least: f64,
    pub average: f64,
    pub most: f64,
}

impl Span {
    fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (mut least, mut most, mut sum, mut count) = (f64::MAX, f64::MIN, 0.0, 0.0);
        for value in values {
            least = value.min(least);
            most = value.max(most);
            sum += value;
            count += 1.0;
        }
        (count > 0.0).then(|| Self { least, average: sum / count, most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(connections: usize, ack: Option<f64>) -> Stats {
        Stats { connections, ack_p99: ack, ..Stats::default() }
    }

    #[test]
    fn only_the_last_minutes_are_kept() {
        let mut history = History::default();
        for connections in 0..KEPT + 5 {
            history.add(with(connections, None));
        }
        let kept = history.past().stats;
        assert_eq!((kept.len(), kept[0].connections), (KEPT, 5));
        assert_eq!(history.latest().unwrap().connections, KEPT + 4);
        let again = History::from(history.past());
        assert_eq!(again.past(), history.past());
    }

    #[test]
    fn a_figure_lies_between_its_least_and_its_most() {
        let mut history = History::default();
        assert_eq!(history.span(Figure::Connections), None);
        for connections in [4, 1, 7] {
            history.add(with(connections, None));
        }
        let span = Span { least: 1.0, average: 4.0, most: 7.0 };
        assert_eq!(history.span(Figure::Connections), Some(span));
        assert_eq!(history.span(Figure::Answers), None);
    }

    #[test]
    fn the_time_of_an_answer_stays_for_a_moment() {
        let mut history = History::default();
        history.add(with(1, Some(2.5)));
        for _ in 1..LATELY {
            history.add(with(1, None));
            assert_eq!(history.now(Figure::Answers), Some(2.5));
        }
        history.add(with(1, None));
        assert_eq!(history.now(Figure::Answers), None);
    }
}
