//! What was measured, in the words that `cargo xtask bench` reads.

/// One figure, and what it may be at most.
pub(crate) struct Figure(String);

impl Figure {
    pub(crate) fn of(name: &str, value: f64, target: f64, unit: &str) -> Self {
        Self(format!("FIGURE name={name} value={value:.1} target={target} unit={unit}"))
    }

    pub(crate) fn times(name: &str, ratio: f64, target: f64) -> Self {
        Self(format!("FIGURE name={name} ratio={ratio:.3} target={target}"))
    }

    pub(crate) fn told(&self) -> &str {
        &self.0
    }
}

/// Half, all but 5 % and all but 1 % took no longer than this.
pub(crate) fn spread(name: &str, took: &[f64], unit: &str) -> [f64; 3] {
    let mut took = took.to_vec();
    took.sort_by(f64::total_cmp);
    let of = |hundredths: usize| took.get((took.len() * hundredths / 100).min(took.len().saturating_sub(1))).copied();
    let [half, most, all] = [50, 95, 99].map(|hundredths| of(hundredths).unwrap_or(f64::NAN));
    println!("{name}: p50 {half:.1}, p95 {most:.1}, p99 {all:.1} {unit} of {}", took.len());
    [half, most, all]
}

/// The one in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
