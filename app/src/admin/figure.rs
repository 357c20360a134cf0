use crate::words::admin::AdminWords;
use protocol::event::Stats;

/// What is shown of the house, each with a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Connections,
    Messages,
    Deliveries,
    Answers,
    Processor,
    Memory,
    Queue,
    Nodes,
}

/// What stands where nothing is known.
const NOTHING: &str = "–";

impl Figure {
    pub const ALL: [Self; 8] = [
        Self::Connections,
        Self::Messages,
        Self::Deliveries,
        Self::Answers,
        Self::Processor,
        Self::Memory,
        Self::Queue,
        Self::Nodes,
    ];

    #[allow(clippy::cast_precision_loss, reason = "they are for people to look at")]
    pub fn of(self, stats: &Stats) -> Option<f64> {
        Some(match self {
            Self::Connections => stats.connections as f64,
            Self::Messages => stats.messages_per_second,
            Self::Deliveries => stats.deliveries_per_second,
            Self::Answers => return stats.ack_p99,
            Self::Processor => stats.cpu * 100.0,
            Self::Memory => stats.memory as f64 / f64::from(1 << 20),
            Self::Queue => stats.queue as f64,
            Self::Nodes => stats.nodes as f64,
        })
    }

    /// A second line in the same chart.
    pub fn beside(self, stats: &Stats) -> Option<f64> {
        if self == Self::Answers { stats.ack_p50 } else { None }
    }

    /// A chart reaches as high as this even where less happens: a few more are no mountain.
    pub fn top(self) -> f64 {
        match self {
            Self::Connections | Self::Messages | Self::Deliveries | Self::Queue => 10.0,
            Self::Answers | Self::Nodes => 5.0,
            Self::Processor => 20.0,
            Self::Memory => 50.0,
        }
    }

    /// For styles and tests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::Messages => "messages",
            Self::Deliveries => "deliveries",
            Self::Answers => "answers",
            Self::Processor => "processor",
            Self::Memory => "memory",
            Self::Queue => "queue",
            Self::Nodes => "nodes",
        }
    }

    pub fn label(self, words: &AdminWords) -> &'static str {
        match self {
            Self::Connections => words.connections,
            Self::Messages => words.messages,
            Self::Deliveries => words.deliveries,
            Self::Answers => words.answers,
            Self::Processor => words.processor,
            Self::Memory => words.memory,
            Self::Queue => words.queue,
            Self::Nodes => words.nodes,
        }
    }

    pub fn unit(self, words: &AdminWords) -> &'static str {
        match self {
            Self::Messages | Self::Deliveries => words.per_second,
            Self::Answers => words.milliseconds,
            Self::Processor => "%",
            Self::Memory => words.megabytes,
            Self::Connections | Self::Queue | Self::Nodes => "",
        }
    }

    /// What else there is to say of it.
    pub fn note(self, words: &AdminWords, stats: &Stats) -> String {
        match self {
            Self::Connections => (words.here)(stats.users, stats.rooms),
            Self::Messages => words.changes.to_owned(),
            Self::Deliveries => words.delivered.to_owned(),
            Self::Answers => match stats.ack_p50 {
                None => words.not_asked.to_owned(),
                half => (words.half_within)(&self.told(words, half)),
            },
            Self::Processor => words.of_one_core.to_owned(),
            Self::Memory => words.resident.to_owned(),
            Self::Queue => words.waiting.to_owned(),
            Self::Nodes if stats.nodes > 1 => (words.connections_here)(stats.connections_here),
            Self::Nodes => words.only_node.to_owned(),
        }
    }

    /// A value of it, with its unit.
    pub fn told(self, words: &AdminWords, value: Option<f64>) -> String {
        match (value, self.unit(words)) {
            (None, _) => NOTHING.to_owned(),
            (Some(_), "") => number(words, value),
            (Some(_), unit) => format!("{} {unit}", number(words, value)),
        }
    }
}

/// As precise as one can take in at a glance.
pub fn number(words: &AdminWords, value: Option<f64>) -> String {
    let Some(value) = value else { return NOTHING.to_owned() };
    let written = match value {
        _ if (value - value.round()).abs() < 0.005 || value >= 100.0 => format!("{value:.0}"),
        _ if value >= 1.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    };
    let (whole, part) = written.split_once('.').unwrap_or((&written, ""));
    let mut told = String::new();
    for (place, digit) in whole.chars().enumerate() {
        let left = whole.len() - place;
        if place > 0 && left.is_multiple_of(3) {
            told.push(words.thousands);
        }
        told.push(digit);
    }
    if !part.is_empty() {
        told.push(words.decimal);
        told.push_str(part);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[test]
    fn numbers_are_written_as_their_readers_write_them() {
        let told = |lang: Lang, value| number(lang.admin_words(), Some(value));
        assert_eq!(told(Lang::En, 0.0), "0");
        assert_eq!(told(Lang::En, 0.125), "0.12");
        assert_eq!(told(Lang::En, 7.25), "7.2");
        assert_eq!(told(Lang::En, 12.0), "12");
        assert_eq!(told(Lang::En, 123.4), "123");
        assert_eq!(told(Lang::En, 1_234_567.0), "1,234,567");
        assert_eq!(told(Lang::Ru, 12_345.6), "12\u{a0}346");
        assert_eq!(told(Lang::Ru, 0.5), "0,50");
        assert_eq!(number(Lang::Zh.admin_words(), None), NOTHING);
    }

    #[test]
    fn a_value_is_told_with_its_unit() {
        let words = Lang::En.admin_words();
        let stats = Stats { memory: 18 << 20, cpu: 0.5, ..Stats::default() };
        let told = |figure: Figure| figure.told(words, figure.of(&stats));
        assert_eq!(told(Figure::Memory), "18 MB");
        assert_eq!(told(Figure::Processor), "50 %");
        assert_eq!(told(Figure::Nodes), "0");
        assert_eq!(told(Figure::Answers), NOTHING);
    }
}
