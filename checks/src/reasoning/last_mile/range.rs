//! What is known of a number: where it lies, that there is none, or nothing.

use kickoff_policy::truth::Truth;

/// A data point of a metric, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Point {
    /// There is none.
    Missing,
    /// It lies between these two.
    Within(f64, f64),
    /// Nothing is known of it.
    Unknown,
}

impl Point {
    /// A number.
    #[must_use]
    pub fn exactly(number: f64) -> Self {
        if number.is_finite() { Self::Within(number, number) } else { Self::Unknown }
    }

    /// Between two numbers, in any order.
    #[must_use]
    pub fn between(one: f64, other: f64) -> Self {
        if one.is_finite() && other.is_finite() { Self::Within(one.min(other), one.max(other)) } else { Self::Unknown }
    }

    /// Another number in place of none.
    #[must_use]
    pub fn or(self, filled: f64) -> Self {
        if self == Self::Missing { Self::exactly(filled) } else { self }
    }

    /// What a calculation makes of the bounds of two points. Where one has no data, neither has the result (CloudWatch User
    /// Guide, "Using math expressions with CloudWatch metrics").
    #[must_use]
    pub fn with(self, other: Self, calculate: impl Fn(f64, f64) -> f64) -> Self {
        match (self, other) {
            (Self::Missing, _) | (_, Self::Missing) => Self::Missing,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Within(a, b), Self::Within(c, d)) => {
                let corners = [calculate(a, c), calculate(a, d), calculate(b, c), calculate(b, d)];
                let low = corners.iter().copied().fold(f64::INFINITY, f64::min);
                let high = corners.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                if corners.iter().any(|corner| corner.is_nan()) { Self::Unknown } else { Self::between(low, high) }
            }
        }
    }

    /// Whether it compares so with another; none where one of them has no data.
    #[must_use]
    pub fn compares(self, comparison: Comparison, other: Self) -> Option<Truth> {
        let (Self::Within(a, b), Self::Within(c, d)) = (self, other) else {
            return if self == Self::Missing || other == Self::Missing { None } else { Some(Truth::Unknown) };
        };
        let less = |strict: bool| {
            let always = if strict { b < c } else { b <= c };
            let perhaps = if strict { a < d } else { a <= d };
            if always { Truth::True } else { Truth::from(perhaps).doubted(perhaps) }
        };
        Some(match comparison {
            Comparison::Less => less(true),
            Comparison::LessOrEqual => less(false),
            Comparison::Greater => !less(false),
            Comparison::GreaterOrEqual => !less(true),
        })
    }
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// As an alarm names it; none for those of bands.
    #[must_use]
    pub fn of_alarm(name: &str) -> Option<Self> {
        Some(match name {
            "LessThanThreshold" => Self::Less,
            "LessThanOrEqualToThreshold" => Self::LessOrEqual,
            "GreaterThanThreshold" => Self::Greater,
            "GreaterThanOrEqualToThreshold" => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    /// Its sign.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// It holds for large numbers.
    #[must_use]
    pub fn is_upward(self) -> bool {
        matches!(self, Self::Greater | Self::GreaterOrEqual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_certain_where_the_bounds_are_apart() {
        use Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual};
        let (one, wide) = (Point::exactly(1.0), Point::between(3.0, 0.0));
        for (point, comparison, other, expected) in [
            (one, GreaterOrEqual, one, Some(Truth::True)),
            (one, Greater, one, Some(Truth::False)),
            (one, LessOrEqual, one, Some(Truth::True)),
            (one, Less, one, Some(Truth::False)),
            (wide, Greater, one, Some(Truth::Unknown)),
            (wide, Greater, Point::exactly(3.0), Some(Truth::False)),
            (wide, GreaterOrEqual, Point::exactly(0.0), Some(Truth::True)),
            (wide, Less, Point::exactly(3.5), Some(Truth::True)),
            (Point::Unknown, Less, one, Some(Truth::Unknown)),
            (Point::Missing, Less, one, None),
        ] {
            assert_eq!(point.compares(comparison, other), expected, "{point:?} {comparison:?} {other:?}");
        }
    }

    #[test]
    fn a_calculation_has_the_bounds_of_its_corners() {
        let wide = Point::between(-1.0, 2.0);
        assert_eq!(wide.with(wide, |a, b| a * b), Point::Within(-2.0, 4.0));
        assert_eq!(wide.with(Point::Missing, |a, b| a + b), Point::Missing);
        assert_eq!(Point::Missing.or(0.0), Point::Within(0.0, 0.0));
        assert_eq!(Point::exactly(0.0).with(Point::exactly(0.0), |a, b| a / b), Point::Unknown);
    }
}
