//! Numbers out of samples.

use serde_json::json;

/// What of many samples is reported.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Number of samples.
    pub count: usize,
    /// Half of them are not above it.
    pub p50: f64,
    /// 95 of 100 are not above it.
    pub p95: f64,
    /// The greatest.
    pub max: f64,
}

impl Spread {
    /// Of these samples, in any order.
    pub fn of(samples: impl IntoIterator<Item = f64>) -> Self {
        let mut samples: Vec<f64> = samples.into_iter().collect();
        samples.sort_by(f64::total_cmp);
        let Some(max) = samples.last().copied() else {
            return Self::default();
        };
        Self {
            count: samples.len(),
            p50: at(&samples, 50),
            p95: at(&samples, 95),
            max,
        }
    }

    /// As text, with so many digits behind the point.
    pub fn text(&self, digits: usize, unit: &str) -> String {
        let Self { count, p50, p95, max } = self;
        if *count == 0 {
            return "no samples".into();
        }
        format!("p50 {p50:.digits$}, p95 {p95:.digits$}, max {max:.digits$} {unit} ({count} samples)")
    }

    /// As JSON.
    pub fn json(&self) -> serde_json::Value {
        json!({ "count": self.count, "p50": self.p50, "p95": self.p95, "max": self.max })
    }
}

/// The nearest rank, of samples in order.
fn at(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// A share in percent.
pub fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 * 100.0 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples() {
        let spread = Spread::of((1..=100).rev().map(f64::from));
        assert_eq!((spread.p50, spread.p95, spread.max), (50.0, 95.0, 100.0));
        assert_eq!(Spread::of([7.0]).p95, 7.0);
        assert_eq!(Spread::of([]).count, 0);
    }
}
