//! The exponent with which a cost grows.

/// The slope of the straight line that fits best when both axes are logarithmic: 0 for a cost that
/// stays, 1 for one in proportion. Points that are not above 0 are left out; without two different
/// ones there is no slope, and it is 0.
pub fn exponent(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = points
        .iter()
        .filter(|(x, y)| *x > 0.0 && *y > 0.0)
        .map(|(x, y)| (x.ln(), y.ln()))
        .collect();
    let count = logs.len().max(1) as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|log| log.0), mean(|log| log.1));
    let spread: f64 = logs.iter().map(|log| (log.0 - x).powi(2)).sum();
    let together: f64 = logs.iter().map(|log| (log.0 - x) * (log.1 - y)).sum();
    if spread > 0.0 { together / spread } else { 0.0 }
}

/// The same for the upper half of the points: a fixed part that hides growth at first weighs less.
pub fn last_exponent(points: &[(f64, f64)]) -> f64 {
    exponent(&points[points.len() / 2..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(cost: fn(f64) -> f64) -> Vec<(f64, f64)> {
        (0..8).map(|step| 4_f64.powi(step)).map(|x| (x, cost(x))).collect()
    }

    #[test]
    fn powers_are_found_whatever_they_are_multiplied_by() {
        for (power, cost) in [
            (0.0, (|_| 7.0) as fn(f64) -> f64),
            (1.0, |x| 3.0 * x),
            (0.5, |x| 90.0 * x.sqrt()),
            (2.0, |x| x * x),
        ] {
            assert!((exponent(&curve(cost)) - power).abs() < 1e-9, "{power}");
        }
    }

    #[test]
    fn a_fixed_part_weighs_less_in_the_upper_half() {
        let points = curve(|x| 1000.0 + x);
        let (all, last) = (exponent(&points), last_exponent(&points));
        assert!(all < last && last < 1.0, "{all} {last}");
    }

    #[test]
    fn what_has_no_slope_has_none() {
        assert_eq!(exponent(&[]), 0.0);
        assert_eq!(exponent(&[(5.0, 9.0)]), 0.0);
        assert_eq!(exponent(&[(0.0, 1.0), (1.0, 0.0), (2.0, 5.0)]), 0.0);
    }
}
