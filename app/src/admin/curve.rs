//! From numbers to a line, and to the area below it.

use super::history::KEPT;
use std::fmt::Write as _;

/// A step to the right is a second. The chart is stretched to the place that there is.
#[allow(clippy::cast_precision_loss, reason = "it is small")]
pub const WIDTH: f64 = (KEPT - 1) as f64;
pub const HEIGHT: f64 = 60.0;

/// As an SVG path writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Curve {
    pub line: String,
    pub area: String,
}

/// The last value stands at the right edge. Where there is none, the line breaks.
pub fn curve(values: &[Option<f64>], top: f64) -> Curve {
    let mut curve = Curve::default();
    let mut at = values.len();
    for piece in values.split(Option::is_none) {
        let points: Vec<(usize, f64)> = piece
            .iter()
            .flatten()
            .enumerate()
            .map(|(place, value)| (KEPT - (at - place).min(KEPT), height(*value, top)))
            .collect();
        curve.draw(&points);
        at = at.saturating_sub(piece.len() + 1);
    }
    curve
}

/// How far from the upper edge.
fn height(value: f64, top: f64) -> f64 {
    HEIGHT - (value / top).clamp(0.0, 1.0) * HEIGHT
}

impl Curve {
    fn draw(&mut self, points: &[(usize, f64)]) {
        let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else { return };
        let mut mark = 'M';
        let from = self.line.len();
        for (x, y) in points {
            // Writing to a string doesn't fail.
            let _ = write!(self.line, "{mark}{x} {y:.1}");
            mark = 'L';
        }
        if points.len() == 1 {
            // A point is drawn where a line begins and ends.
            self.line.push_str("h0");
        }
        let _ = write!(self.area, "{}V{HEIGHT}H{first}Z", &self.line[from..]);
        debug_assert!(first <= last);
    }
}

/// The next round number, so that the axis has one: 1, 2 or 5 and zeros.
pub fn top(values: &[Option<f64>], least: f64) -> f64 {
    let most = values.iter().flatten().fold(least, |most, value| value.max(most));
    let scale = 10_f64.powf(most.log10().floor());
    let round = [1.0, 2.0, 5.0].into_iter().map(|digit| digit * scale);
    round.into_iter().find(|top| *top >= most).unwrap_or(10.0 * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_value_stands_at_the_right() {
        let curve = curve(&[Some(0.0), Some(5.0), Some(10.0)], 10.0);
        assert_eq!(curve.line, "M297 60.0L298 30.0L299 0.0");
        assert_eq!(curve.area, "M297 60.0L298 30.0L299 0.0V60H297Z");
    }

    #[test]
    fn a_line_breaks_where_there_is_nothing() {
        let drawn = curve(&[Some(1.0), Some(1.0), None, Some(0.0)], 1.0);
        assert_eq!(drawn.line, "M296 0.0L297 0.0M299 60.0h0");
        assert_eq!(drawn.area, "M296 0.0L297 0.0V60H296ZM299 60.0h0V60H299Z");
        assert_eq!(curve(&[None, None], 1.0), Curve::default());
        assert_eq!(curve(&[], 1.0), Curve::default());
        assert_eq!(curve(&[None, Some(1.0), None], 1.0).line, "M298 0.0h0");
    }

    #[test]
    fn a_whole_history_fills_the_chart() {
        let all = curve(&[Some(1.0); KEPT], 1.0);
        assert!(all.line.starts_with("M0 0.0L1 0.0"));
        assert!(all.line.ends_with("L299 0.0"));
    }

    #[test]
    fn nothing_reaches_out_of_the_chart() {
        assert_eq!(curve(&[Some(99.0)], 10.0).line, "M299 0.0h0");
        assert_eq!(curve(&[Some(-1.0)], 10.0).line, "M299 60.0h0");
    }

    #[test]
    fn the_axis_ends_with_a_round_number() {
        for (most, reached) in
            [(0.0, "5"), (5.0, "5"), (5.1, "10"), (17.0, "20"), (20.1, "50"), (999.0, "1000")]
        {
            assert_eq!(top(&[Some(most), None, Some(1.0)], 5.0).to_string(), reached);
        }
        assert_eq!(top(&[], 10.0).to_string(), "10");
    }
}
