//! What holds for any series: everything is finite, inside the picture, and no text lies on another.

use charts::scene::{Canvas, Language, Mark, Scene, Shape, Text};
use charts::{RenderError, SVG_CSS, SvgLayout, Template, render_png, render_svg, render_svg_in};
use domain::Timeframe;
use domain::series::SeriesDocument;
use rust_decimal::Decimal;

use crate::synthetic::{series, template};

const SIZES: [(f32, f32, f32, bool); 4] = [
    (1280.0, 720.0, 13.0, true),
    (800.0, 600.0, 12.0, true),
    (1136.0, 640.0, 13.0, false),
    (390.0, 540.0, 12.0, false),
];

fn draw(
    doc: &SeriesDocument,
    template: &Template,
    (width, height, text, title): (f32, f32, f32, bool),
) -> Scene {
    let settings = template.resolve(doc.timeframe);
    let bars = if width < 400.0 { 44 } else { settings.bars };
    let canvas = Canvas { width, height, text, bars, title, wordy: width > 400.0, language: Language::En };
    Scene::draw(doc, settings, &canvas)
}

fn texts(scene: &Scene) -> Vec<&Text> {
    let marks = scene.marks.iter();
    marks
        .filter_map(|mark| match mark {
            Mark::Text(text) => Some(text),
            Mark::Shape { .. } => None,
        })
        .collect()
}

fn words(text: &Text) -> String {
    text.spans.iter().map(|span| span.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn check(scene: &Scene, what: &str) {
    let inside = |x: f32, y: f32| {
        assert!((-1.0..=scene.width + 1.0).contains(&x), "{what}: x {x}");
        assert!((-1.0..=scene.height + 1.0).contains(&y), "{what}: y {y}");
    };
    for mark in &scene.marks {
        match mark {
            Mark::Shape { shape: Shape::Rect { x, y, w, h }, .. } => {
                inside(*x, *y);
                inside(x + w, y + h);
                assert!(*w >= 0.0 && *h >= 0.0, "{what}: {w} by {h}");
            }
            Mark::Shape { shape: Shape::Polyline(points) | Shape::Area(points), .. } => {
                points.iter().for_each(|(x, y)| inside(*x, *y));
            }
            Mark::Text(_) => {}
        }
    }
    let boxes: Vec<_> = texts(scene)
        .into_iter()
        .map(|text| (text.left(), text.left() + text.width(), text.y, text.size, words(text)))
        .collect();
    for (index, a) in boxes.iter().enumerate() {
        inside(a.0, a.2);
        inside(a.1, a.2);
        for b in boxes.iter().skip(index + 1) {
            let apart = a.1 <= b.0 || b.1 <= a.0;
            // lines of text may touch: descenders and capitals seldom meet
            let over = (a.2 - b.2).abs() >= 0.95 * a.3.min(b.3);
            assert!(apart || over, "{what}: `{}` lies on `{}`", a.4, b.4);
        }
    }
}

#[test]
fn few_bars_or_many_make_a_sane_picture() {
    for timeframe in Timeframe::ALL {
        for count in [1, 2, 5, 19, 30, 104, 300] {
            for forming in [true, false] {
                for name in ["trend", "momentum"] {
                    for size in SIZES {
                        let doc = series(timeframe, count, forming);
                        let what = format!("{timeframe} {count} {forming} {name} {size:?}");
                        check(&draw(&doc, &template(name), size), &what);
                    }
                }
            }
        }
    }
}

#[test]
fn the_last_price_the_extremes_and_the_date_are_said() {
    let doc = series(Timeframe::Week, 104, true);
    let scene = draw(&doc, &template("trend"), SIZES[0]);
    let all: Vec<String> = texts(&scene).iter().map(|text| words(text)).collect();
    let newest = doc.forming.as_ref().unwrap();
    let bars = || doc.bars.iter().chain(&doc.forming);
    let price = |value: Decimal| domain::number::grouped(&format!("{value:.2}"));
    for said in [
        price(newest.c),
        price(bars().map(|bar| bar.h).max().unwrap()),
        price(bars().map(|bar| bar.l).min().unwrap()),
    ] {
        assert!(all.contains(&said), "{said} in {all:?}");
    }
    let title = all.iter().find(|text| text.contains("last closed")).unwrap();
    // 30 April 2026 is a Thursday: its week opened on the 27th, the last closed one on the 20th
    assert!(
        title.contains("(week of 2026-04-20)") && title.ends_with("as of 2026-04-30 06:30 UTC"),
        "{title}"
    );
    assert!(all.iter().any(|text| text == "forming \u{25b8}"));
}

#[test]
fn what_the_series_lacks_is_not_drawn() {
    let mut doc = series(Timeframe::Day, 60, false);
    doc.indicators.remove("ema200");
    doc.indicators.insert("ema50".to_owned(), vec![None; 60]);
    doc.indicators.insert("rsi14".to_owned(), vec![Some(f64::NAN); 60]);
    doc.indicators.insert("macd".to_owned(), vec![Some(1.0)]);
    let scene = draw(&doc, &template("trend"), SIZES[0]);
    check(&scene, "gaps");
    let all: Vec<String> = texts(&scene).iter().map(|text| words(text)).collect();
    assert!(all.iter().any(|text| text.contains("EMA 20")));
    assert!(!all.iter().any(|text| text.contains("EMA 50") || text.contains("EMA 200")), "{all:?}");
    assert!(all.iter().any(|text| text == "RSI 14"), "the pane stays, without a value: {all:?}");

    doc.indicators.clear();
    check(&draw(&doc, &template("momentum"), SIZES[1]), "no indicator at all");
}

#[test]
fn odd_prices_are_drawn() {
    let bend = |change: fn(usize, &mut domain::series::Bar)| {
        let mut doc = series(Timeframe::Month, 40, true);
        doc.indicators.clear();
        doc.bars.iter_mut().chain(&mut doc.forming).enumerate().for_each(|(i, bar)| change(i, bar));
        for size in SIZES {
            check(&draw(&doc, &template("trend"), size), &format!("{:?}", doc.bars[0]));
        }
    };
    bend(|_, bar| (bar.o, bar.h, bar.l, bar.c) = (Decimal::ONE, Decimal::ONE, Decimal::ONE, Decimal::ONE));
    bend(|_, bar| bar.v = Decimal::ZERO);
    bend(|_, bar| bar.l = Decimal::ZERO);
    bend(|i, bar| {
        let price = Decimal::new(1, 8) * Decimal::from(i + 1);
        (bar.o, bar.h, bar.l, bar.c) = (price, price * Decimal::TWO, price, price);
    });
    bend(|i, bar| {
        let price = Decimal::from(10_u64.pow(u32::try_from(i / 4).unwrap()));
        (bar.o, bar.h, bar.l, bar.c) = (price, price * Decimal::TWO, price, price);
    });
}

#[test]
fn no_bar_and_no_such_size_are_errors() {
    let mut doc = series(Timeframe::Day, 3, false);
    let size = render_png(&doc, &template("trend"), Some(10_000), None);
    assert_eq!(size, Err(RenderError::Size { width: 10_000, height: 720 }));
    doc.bars.clear();
    assert_eq!(render_png(&doc, &template("trend"), None, None), Err(RenderError::Empty));
    assert!(render_svg(&doc, &template("trend"), SvgLayout::Wide, "nothing").ends_with("</svg>"));
}

#[test]
fn svg_obeys_a_policy_without_styles_and_has_a_rule_for_every_class() {
    let mut doc = series(Timeframe::Week, 104, true);
    doc.volume_unit = "<script>".to_owned();
    for name in ["trend", "momentum"] {
        for layout in [SvgLayout::Wide, SvgLayout::Half, SvgLayout::Narrow] {
            let svg = render_svg_in(&doc, &template(name), layout, "\"><img src=x>", Language::Ru);
            for bad in ["style", "<script", "<img", " fill=", " stroke=", "NaN", "inf", "#0"] {
                assert!(!svg.contains(bad), "{bad}");
            }
            assert!(svg.contains("aria-label=\"&quot;&gt;&lt;img src=x&gt;\""));
            for list in svg.split("class=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                for class in list.split(' ').filter(|c| !["c-wide", "c-half", "c-narrow"].contains(c)) {
                    let rule = SVG_CSS.split(['{', '}', ',']).any(|s| s.trim() == format!(".{class}"));
                    assert!(rule, "no rule for {class}");
                }
            }
        }
    }
    assert!(!SVG_CSS.contains('#'), "the page defines the colours");
}
