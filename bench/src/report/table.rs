//! One line a figure: for each peer the median of its runs and their range, and how many times as much it is for
//! Beseda.

use crate::peer::Peer;
use crate::scenario::{Figure, Figures};
use std::fmt::Write as _;

pub struct Table {
    peers: Vec<Peer>,
    rows: Vec<Row>,
}

struct Row {
    figure: Figure,
    /// Of each peer, in their order.
    values: Vec<Vec<f64>>,
}

impl Table {
    pub fn of(peers: Vec<Peer>) -> Self {
        Self { peers, rows: Vec::new() }
    }

    /// One more run.
    pub fn add(&mut self, peer: Peer, figures: &Figures) {
        let Some(column) = self.peers.iter().position(|known| *known == peer) else { return };
        for (figure, value) in figures.values() {
            let row = self.rows.iter().position(|row| row.figure == figure).unwrap_or_else(|| {
                self.rows.push(Row { figure, values: vec![Vec::new(); self.peers.len()] });
                self.rows.len() - 1
            });
            self.rows[row].values[column].push(value);
        }
    }

    /// In Markdown, its columns even, so that it can be read in a terminal too.
    pub fn markdown(&self) -> String {
        let mut lines = vec![self.head()];
        lines.extend(self.rows.iter().map(|row| self.line(row)));
        aligned(&lines)
    }

    fn others(&self) -> impl Iterator<Item = (usize, Peer)> {
        let compared = self.peers.contains(&Peer::Beseda);
        let peers = self.peers.iter().copied().enumerate();
        peers.filter(move |(_, peer)| compared && *peer != Peer::Beseda)
    }

    fn head(&self) -> Vec<String> {
        let mut cells = vec!["scenario".to_owned(), "figure".to_owned()];
        cells.extend(self.peers.iter().map(|peer| peer.name().to_owned()));
        cells.extend(self.others().map(|(_, peer)| format!("× {}", peer.name())));
        cells
    }

    fn line(&self, row: &Row) -> Vec<String> {
        let mut cells = vec![row.figure.scenario.title().to_owned(), row.figure.name.to_owned()];
        cells.extend(row.values.iter().map(|values| cell(values)));
        let own = self.peers.iter().position(|peer| *peer == Peer::Beseda);
        let own = own.and_then(|column| median(&row.values[column]));
        cells.extend(self.others().map(|(column, _)| times(own, median(&row.values[column]))));
        cells
    }
}

fn cell(values: &[f64]) -> String {
    let Some(median) = median(values) else { return "–".to_owned() };
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match (number(least), number(most)) {
        (least, most) if least == most => number(median),
        (least, most) => format!("{} ({least}–{most})", number(median)),
    }
}

fn times(own: Option<f64>, other: Option<f64>) -> String {
    match (own, other) {
        (Some(own), Some(other)) if other > 0.0 => number(own / other),
        _ => "–".to_owned(),
    }
}

/// Of an even number the lower one of the two in the middle: a value that was measured.
fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied()
}

/// Three digits that count.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        0.0 | 100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    let plain = format!("{value:.digits$}");
    let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    let whole = plain.find('.').unwrap_or(plain.len());
    let mut text = sign.to_owned();
    for (place, digit) in plain.chars().enumerate() {
        if place > 0 && place < whole && (whole - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for (place, line) in lines.iter().enumerate() {
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(text, "| {cell:<width$} ");
        }
        text.push_str("|\n");
        if place == 0 {
            for width in &widths {
                let _ = write!(text, "|{}", "-".repeat(width + 2));
            }
            text.push_str("|\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_were_measured() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0]), Some(1.0));
    }

    #[test]
    fn a_cell_has_the_range_when_there_is_one() {
        assert_eq!(cell(&[]), "–");
        assert_eq!(cell(&[9.8]), "9.80");
        assert_eq!(cell(&[9.8, 9.8, 10.21]), "9.80 (9.80–10.2)");
        assert_eq!(cell(&[0.0, 0.0]), "0");
    }

    #[test]
    fn numbers_are_legible() {
        let cases =
            [(0.0, "0"), (0.1234, "0.123"), (9.876, "9.88"), (98.76, "98.8"), (987.6, "988")];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(1_234_567.8), "1,234,568");
        assert_eq!(number(12_345.0), "12,345");
    }

    #[test]
    fn what_was_not_measured_has_no_ratio() {
        assert_eq!(times(Some(2.0), Some(4.0)), "0.500");
        assert_eq!(times(Some(2.0), Some(0.0)), "–");
        assert_eq!(times(None, Some(1.0)), "–");
        assert_eq!(times(Some(1.0), None), "–");
    }

    #[test]
    fn columns_are_even() {
        let lines =
            [vec!["a".to_owned(), "µµ".to_owned()], vec!["long".to_owned(), "b".to_owned()]];
        assert_eq!(aligned(&lines), "| a    | µµ |\n|------|----|\n| long | b  |\n");
    }
}
