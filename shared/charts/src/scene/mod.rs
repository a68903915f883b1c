//! A chart as shapes with roles. The same scene becomes a PNG for the model and inline SVG for a page; colours
//! are chosen there.

mod adx;
mod atr;
mod axis;
mod build;
mod candles;
mod frame;
mod header;
mod labels;
mod layout;
mod lines;
mod macd;
mod numbers;
mod plan;
mod price;
mod rsi;
mod time_axis;
mod volume;

pub use crate::font::Weight;
pub use crate::words::Language;
pub use plan::PlanPrices;

/// A point in pixels, y downwards.
pub type Point = (f32, f32);

/// What a shape stands for; a theme gives it its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Page colour, for text on a coloured tag.
    Ground,
    /// The area of a band.
    Band,
    /// Grid.
    Line,
    /// Grid of a year.
    Year,
    /// Base lines and edges of bands.
    Edge,
    /// Text and lines read first.
    Ink,
    /// Text read second.
    Ink2,
    /// Axis texts and helping lines.
    Ink3,
    /// A rise.
    Up,
    /// A fall.
    Down,
    /// A rise that stands back: volume, histogram.
    UpSoft,
    /// A fall that stands back.
    DownSoft,
    /// The entry zone of a long.
    UpZone,
    /// The entry zone of a short.
    DownZone,
    /// EMA 20, or the first average.
    Ema20,
    /// EMA 50, or the second average.
    Ema50,
    /// EMA 200, or the third average; dashed.
    Ema200,
    /// The fourth average; dashed.
    Extra,
}

/// Lengths of on and off along a stroke, pixels.
pub type Dash = Option<(f32, f32)>;

/// How a shape is painted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Paint {
    /// Its inside.
    Fill,
    /// Its outline.
    Stroke {
        /// Width in pixels.
        width: f32,
        /// Solid when absent.
        dash: Dash,
    },
}

/// A shape.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A rectangle from its upper left corner.
    Rect {
        /// Left edge.
        x: f32,
        /// Upper edge.
        y: f32,
        /// Width.
        w: f32,
        /// Height.
        h: f32,
    },
    /// An open line through the points.
    Polyline(Vec<Point>),
    /// A closed area around the points.
    Area(Vec<Point>),
}

/// Which point of a text stands at its x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// A piece of a text in one colour and weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Distance from the piece before, pixels.
    pub gap: f32,
    /// The letters.
    pub text: String,
    /// Its colour.
    pub role: Role,
    /// Its weight.
    pub weight: Weight,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Where the anchor stands.
    pub x: f32,
    /// The baseline.
    pub y: f32,
    /// Which end is at `x`.
    pub anchor: Anchor,
    /// Size of an em, pixels.
    pub size: f32,
    /// The pieces, from the left.
    pub spans: Vec<Span>,
}

/// Something drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A painted shape.
    Shape {
        /// The shape.
        shape: Shape,
        /// Its colour.
        role: Role,
        /// How it is painted.
        paint: Paint,
    },
    /// A text.
    Text(Text),
}

/// Everything drawn, the lowest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Width, pixels.
    pub width: f32,
    /// Height, pixels.
    pub height: f32,
    /// What is drawn.
    pub marks: Vec<Mark>,
}

/// The ground a scene is drawn on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Canvas {
    /// Width, pixels.
    pub width: f32,
    /// Height, pixels.
    pub height: f32,
    /// Size of body text, pixels.
    pub text: f32,
    /// Closed bars at most.
    pub bars: usize,
    /// Whether the title line is drawn; a page has its own.
    pub title: bool,
    /// Whether the legend carries values and the forming bar its word; a phone has no room.
    pub wordy: bool,
    /// Language of the words.
    pub language: Language,
}

impl Span {
    pub(crate) fn new(text: impl Into<String>, role: Role, weight: Weight) -> Self {
        Self { gap: 0.0, text: text.into(), role, weight }
    }

    pub(crate) fn after(mut self, gap: f32) -> Self {
        self.gap = gap;
        self
    }

    pub(crate) fn width(&self, size: f32) -> f32 {
        crate::font::width(&self.text, size, self.weight)
    }
}

impl Text {
    /// Width in the embedded font, gaps included.
    pub fn width(&self) -> f32 {
        self.spans
            .iter()
            .enumerate()
            .map(|(i, s)| s.width(self.size) + if i == 0 { 0.0 } else { s.gap })
            .sum()
    }

    /// Left end in the embedded font.
    pub fn left(&self) -> f32 {
        match self.anchor {
            Anchor::Start => self.x,
            Anchor::Middle => self.x - self.width() / 2.0,
            Anchor::End => self.x - self.width(),
        }
    }
}

impl Scene {
    pub(crate) fn shape(&mut self, shape: Shape, role: Role, paint: Paint) {
        self.marks.push(Mark::Shape { shape, role, paint });
    }

    pub(crate) fn fill(&mut self, x: f32, y: f32, w: f32, h: f32, role: Role) {
        self.shape(Shape::Rect { x, y, w, h }, role, Paint::Fill);
    }

    pub(crate) fn line(&mut self, from: Point, to: Point, role: Role, width: f32, dash: Dash) {
        self.polyline(vec![from, to], role, width, dash);
    }

    pub(crate) fn polyline(&mut self, points: Vec<Point>, role: Role, width: f32, dash: Dash) {
        self.shape(Shape::Polyline(points), role, Paint::Stroke { width, dash });
    }

    pub(crate) fn text(&mut self, x: f32, y: f32, anchor: Anchor, size: f32, spans: Vec<Span>) {
        self.marks.push(Mark::Text(Text { x, y, anchor, size, spans }));
    }
}
