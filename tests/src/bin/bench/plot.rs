//! Curves with logarithmic axes, as pictures that can be read on light and dark pages.
//!
//! The colours are Okabe and Ito's, which people tell apart whatever colours they see; each curve
//! has a mark of its own as well.

use std::fmt::Write;

/// A picture.
pub struct Plot {
    /// Above it.
    pub title: &'static str,
    /// What goes to the right, from 2 to the power of something.
    pub x_label: &'static str,
    /// What goes up.
    pub y_label: &'static str,
    /// What the numbers to the right are.
    pub unit: Unit,
    /// The curves.
    pub series: Vec<Series>,
}

/// What numbers are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// Bytes, told as KiB and MiB.
    Bytes,
    /// How many of something.
    Count,
}

impl Unit {
    fn name(self, number: f64) -> String {
        match self {
            Self::Bytes => size_name(number),
            Self::Count => thousands(number),
        }
    }
}

/// A curve.
pub struct Series {
    /// What it shows.
    pub name: &'static str,
    /// All above 0.
    pub points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 860.0;
/// Of the axes.
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 100.0;
const RIGHT: f64 = 40.0;
const BOTTOM: f64 = 64.0;
/// Of the title.
const TITLE: f64 = 48.0;
/// Of a line of the legend, which stands between the title and the axes.
const LINE: f64 = 22.0;
/// Between the legend and the axes.
const GAP: f64 = 28.0;

/// The curves' colours on light and on dark pages.
const COLOURS: [(&str, &str); 5] = [
    ("#0072b2", "#56b4e9"),
    ("#d55e00", "#ff9254"),
    ("#009e73", "#2fc79a"),
    ("#b5609a", "#e7a3cd"),
    ("#8a6d00", "#f0e442"),
];

fn style() -> String {
    let curves = |colour: fn(&(&'static str, &'static str)) -> &'static str| {
        let rule = |(index, pair)| {
            let colour = colour(pair);
            format!(
                ".s{index} .curve {{ stroke: {colour}; }} .s{index} .mark {{ fill: {colour}; }}\n"
            )
        };
        COLOURS.iter().enumerate().map(rule).collect::<String>()
    };
    format!(
        "<style>\nsvg {{ font: 14px system-ui, sans-serif; }}\n\
         .curve {{ fill: none; stroke-width: 2.5; }}\n\
         .page {{ fill: #ffffff; }} .text {{ fill: #1f2328; }} .grid {{ stroke: #d0d7de; }}\n{}\
         @media (prefers-color-scheme: dark) {{\n\
         .page {{ fill: #0d1117; }} .text {{ fill: #e6edf3; }} .grid {{ stroke: #30363d; }}\n{}}}\n\
         </style>\n",
        curves(|pair| pair.0),
        curves(|pair| pair.1)
    )
}

/// Where a range of numbers lies in the picture.
struct Axis {
    least: f64,
    most: f64,
    start: f64,
    end: f64,
}

impl Axis {
    fn place(&self, value: f64) -> f64 {
        let part = (value / self.least).ln() / (self.most / self.least).ln();
        self.start + part * (self.end - self.start)
    }
}

impl Plot {
    /// The picture as a file.
    pub fn to_svg(&self) -> String {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let extreme = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, 0.0_f64), |(least, most), v| (least.min(v), most.max(v)))
        };
        let (least, most) = extreme(&mut points().map(|point| point.0));
        let x = Axis { least, most, start: LEFT, end: WIDTH - RIGHT };
        let (least, most) = extreme(&mut points().map(|point| point.1));
        let (least, most) = decades(least, most);
        let top = TITLE + self.series.len() as f64 * LINE + GAP;
        let height = top + HEIGHT + BOTTOM;
        let y = Axis { least, most, start: top + HEIGHT, end: top };
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             aria-label=\"{}\">\n{}<rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\"/>\n",
            self.title,
            style()
        );
        text(&mut svg, (LEFT, 28.0), "start", self.title);
        let middle = f64::midpoint(LEFT, WIDTH - RIGHT);
        text(&mut svg, (middle, height - 14.0), "middle", self.x_label);
        text(&mut svg, (LEFT - 10.0, top - 16.0), "end", self.y_label);
        grid(&mut svg, &x, &y, self.unit);
        for (index, series) in self.series.iter().enumerate() {
            curve(&mut svg, index, series, &x, &y);
        }
        self.legend(&mut svg);
        svg.push_str("</svg>\n");
        svg
    }

    fn legend(&self, svg: &mut String) {
        for (index, series) in self.series.iter().enumerate() {
            let y = TITLE + index as f64 * LINE;
            put(svg, format_args!("<g class=\"s{index}\">"));
            put(svg, format_args!("<path class=\"curve\" d=\"M{LEFT:.1} {y:.1}h28\"/>"));
            mark(svg, index, LEFT + 14.0, y);
            put(svg, format_args!("</g>"));
            text(svg, (LEFT + 38.0, y + 5.0), "start", series.name);
        }
    }
}

/// The powers of ten around a range; never the same one twice.
fn decades(least: f64, most: f64) -> (f64, f64) {
    let (low, high) = (least.log10().floor(), most.log10().ceil());
    (10_f64.powf(low), 10_f64.powf(high.max(low + 1.0)))
}

fn put(svg: &mut String, element: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(svg, "{element}");
}

fn text(svg: &mut String, at: (f64, f64), anchor: &str, words: &str) {
    let (x, y) = at;
    put(
        svg,
        format_args!(
            "<text class=\"text\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>"
        ),
    );
}

/// Lines at every fourth power of two and every power of ten.
fn grid(svg: &mut String, x: &Axis, y: &Axis, unit: Unit) {
    let mut size = x.least;
    while size <= x.most {
        let at = x.place(size);
        put(svg, format_args!("<path class=\"grid\" d=\"M{at:.1} {:.1}V{:.1}\"/>", y.start, y.end));
        text(svg, (at, y.start + 22.0), "middle", &unit.name(size));
        size *= 4.0;
    }
    let mut cost = y.least;
    while cost <= y.most {
        let at = y.place(cost);
        put(svg, format_args!("<path class=\"grid\" d=\"M{:.1} {at:.1}H{:.1}\"/>", x.start, x.end));
        text(svg, (x.start - 10.0, at + 5.0), "end", &thousands(cost));
        cost *= 10.0;
    }
}

fn size_name(bytes: f64) -> String {
    let (number, unit) = match bytes {
        b if b >= 1_048_576.0 => (b / 1_048_576.0, "MiB"),
        b if b >= 1024.0 => (b / 1024.0, "KiB"),
        b => (b, "B"),
    };
    format!("{number:.0} {unit}")
}

/// `10 000 000`.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let spaced = digits.char_indices().flat_map(|(index, digit)| {
        let gap = index > 0 && (digits.len() - index).is_multiple_of(3);
        gap.then_some('\u{202F}').into_iter().chain([digit])
    });
    spaced.collect()
}

fn curve(svg: &mut String, index: usize, series: &Series, x: &Axis, y: &Axis) {
    let places: Vec<(f64, f64)> =
        series.points.iter().map(|point| (x.place(point.0), y.place(point.1))).collect();
    let line: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    put(svg, format_args!("<g class=\"s{index}\">"));
    put(svg, format_args!("<polyline class=\"curve\" points=\"{}\"/>", line.join(" ")));
    for (x, y) in places {
        mark(svg, index, x, y);
    }
    put(svg, format_args!("</g>"));
}

/// A mark of the curve's own shape: disc, square, diamond, triangle up, triangle down.
fn mark(svg: &mut String, index: usize, x: f64, y: f64) {
    let shape = match index % 5 {
        0 => format!("M{:.1} {y:.1}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0", x - 4.5),
        1 => format!("M{:.1} {:.1}h8v8h-8z", x - 4.0, y - 4.0),
        2 => format!("M{x:.1} {:.1}l5.5 5.5l-5.5 5.5l-5.5 -5.5z", y - 5.5),
        3 => format!("M{x:.1} {:.1}l5.5 9h-11z", y - 5.5),
        _ => format!("M{x:.1} {:.1}l5.5 -9h-11z", y + 5.5),
    };
    put(svg, format_args!("<path class=\"mark\" d=\"{shape}\"/>"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axes_reach_from_the_least_to_the_most() {
        let axis = Axis { least: 1.0, most: 100.0, start: 0.0, end: 10.0 };
        assert!((axis.place(10.0) - 5.0).abs() < 1e-9);
        assert_eq!((size_name(64.0), size_name(16384.0)), ("64 B".into(), "16 KiB".into()));
        assert_eq!(Unit::Count.name(2048.0), "2\u{202F}048");
        assert_eq!((decades(20.0, 300.0), decades(10.0, 10.0)), ((10.0, 1000.0), (10.0, 100.0)));
        assert_eq!(thousands(1_000_000.0), "1\u{202F}000\u{202F}000");
    }

    #[test]
    fn every_curve_is_drawn_and_named_and_no_number_is_odd() {
        let series = |name| Series { name, points: vec![(64.0, 100.0), (1024.0, 5000.0)] };
        let plot = Plot {
            title: "t",
            x_label: "x",
            y_label: "y",
            unit: Unit::Bytes,
            series: vec![series("one"), series("two")],
        };
        let svg = plot.to_svg();
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains(">one<") && svg.contains(">two<"));
        assert!(!svg.contains("NaN") && !svg.contains("inf\""));
    }
}
