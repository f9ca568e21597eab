//! A small drawing: what a referendum needs over its decision period, and where it stands.

use blocs_chain::governance::{Curve, Share};

/// Columns of the drawing.
const WIDTH: u32 = 60;
/// Rows of the drawing.
const HEIGHT: u32 = 7;

/// What is needed.
const NEEDED: char = '·';
/// What there is.
const PRESENT: char = '─';
/// What there is, now.
const HERE: char = '●';
/// The present time.
const NOW: char = '│';

/// Draws the curve from the beginning to the end of the decision period, the share as a line across it, and a mark at the share of the period
/// that has passed; no mark before it has begun.
pub(super) fn draw(curve: &Curve, present: Share, passed: Option<Share>) -> Vec<String> {
    let needed: Vec<Share> = (0..WIDTH)
        .map(|column| curve.threshold(Share::of(column.into(), (WIDTH - 1).into())))
        .collect();
    let ends = needed.iter().copied().chain([present]);
    let (low, high) = (
        ends.clone().min().unwrap_or(Share::ZERO),
        ends.max().unwrap_or(Share::ONE),
    );
    let row = |share: Share| {
        let above = share.parts().saturating_sub(low.parts());
        let span = high.parts().saturating_sub(low.parts()).max(1);
        // Rows count from the top; a share is drawn in the nearest one.
        let from_below = (u64::from(above) * u64::from(HEIGHT - 1) * 2 + u64::from(span)) / (u64::from(span) * 2);
        u64::from(HEIGHT - 1).saturating_sub(from_below)
    };
    let now = passed.map(|passed| {
        let column = u64::from(passed.parts()) * u64::from(WIDTH - 1) / u64::from(Share::ONE.parts());
        usize::try_from(column).unwrap_or(0)
    });
    let label = |at: u64| {
        if at == 0 {
            high.to_string()
        } else if at == u64::from(HEIGHT - 1) {
            low.to_string()
        } else {
            String::new()
        }
    };
    let lines = (0..u64::from(HEIGHT)).map(|at| {
        let cells: String = needed
            .iter()
            .enumerate()
            .map(
                |(column, share)| match (row(*share) == at, row(present) == at, now == Some(column)) {
                    (_, true, true) => HERE,
                    (true, _, _) => NEEDED,
                    (_, true, _) => PRESENT,
                    (_, _, true) => NOW,
                    _ => ' ',
                },
            )
            .collect();
        format!("{:>7} ┤{}", label(at), cells.trim_end())
    });
    lines.collect()
}

/// What the signs of the drawing mean.
pub(super) fn legend() -> String {
    format!("{NEEDED} needed  {PRESENT} present  {HERE} now")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn falling() -> Curve {
        Curve::Linear {
            length: Share::ONE,
            floor: Share::from_percent(50),
            ceil: Share::ONE,
        }
    }

    #[test]
    fn the_curve_falls_and_the_present_crosses_it() {
        let drawn = draw(&falling(), Share::from_percent(75), Some(Share::from_percent(50)));
        assert_eq!(drawn.len(), 7);
        let text = drawn.join("\n");
        assert!(
            drawn.first().is_some_and(|line| line.starts_with("   100% ┤·····")),
            "{text}"
        );
        assert!(drawn.last().is_some_and(|line| line.starts_with("    50% ┤")), "{text}");
        assert!(drawn.last().is_some_and(|line| line.ends_with('·')), "{text}");
        // Half way up, half way along.
        let middle = drawn.get(3).map(String::as_str).unwrap_or_default();
        assert_eq!(middle.chars().position(|sign| sign == HERE), Some(9 + 29), "{text}");
        assert!(middle.ends_with(PRESENT), "{text}");
    }

    #[test]
    fn nothing_is_marked_before_the_decision() {
        let drawn = draw(&falling(), Share::ZERO, None).concat();
        assert!(!drawn.contains(HERE) && !drawn.contains(NOW), "{drawn}");
    }

    #[test]
    fn a_flat_curve_that_is_met_is_one_line() {
        let flat = Curve::Linear {
            length: Share::ONE,
            floor: Share::from_percent(50),
            ceil: Share::from_percent(50),
        };
        let drawn = draw(&flat, Share::from_percent(50), Some(Share::ONE));
        let filled = drawn.iter().filter(|line| line.contains(NEEDED) || line.contains(HERE));
        assert_eq!(filled.count(), 1);
    }
}
