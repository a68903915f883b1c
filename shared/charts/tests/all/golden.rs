//! Pictures against stored ones, pixel by pixel: equal code draws equal bytes, so there is no tolerance. After a
//! wanted change, look at the new picture where the message says it lies and copy it over the old one.

use std::path::PathBuf;

use charts::{Language, SvgLayout, Template, render_png, render_svg, render_svg_in};
use domain::Timeframe;

use crate::synthetic::{series, template};

fn stored(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Keeps the picture for a person to look at.
fn keep(name: &str, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn pixels(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut out = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut out).unwrap();
    assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgb, png::BitDepth::Eight));
    (info.width, info.height, out)
}

fn check_png(name: &str, bytes: &[u8], size: (u32, u32)) {
    assert_eq!(charts::png_check::check(bytes, size.0, size.1), Ok(()));
    let new = keep(name, bytes);
    let old =
        std::fs::read(stored(name)).unwrap_or_else(|error| panic!("{name}: {error}; see {}", new.display()));
    let (a, b) = (pixels(&old), pixels(bytes));
    assert_eq!((a.0, a.1), (b.0, b.1), "{name}: size; see {}", new.display());
    let differing = a.2.chunks(3).zip(b.2.chunks(3)).filter(|(a, b)| a != b).count();
    assert_eq!(differing, 0, "{name}: pixels differ; see {}", new.display());
}

#[test]
fn trend_of_weeks_at_1280x720() {
    let doc = series(Timeframe::Week, 130, true);
    let png = render_png(&doc, &template("trend"), None, None).unwrap();
    check_png("trend-1w-1280x720.png", &png, (1280, 720));
    assert!(png == render_png(&doc, &template("trend"), None, None).unwrap(), "the same bytes twice");
}

#[test]
fn trend_of_months_on_a_log_scale_at_800x600() {
    let doc = series(Timeframe::Month, 60, true);
    let png = render_png(&doc, &template("trend"), Some(800), Some(600)).unwrap();
    check_png("trend-1M-800x600.png", &png, (800, 600));
}

#[test]
fn momentum_of_hours_in_the_dark_at_800x600() {
    let text = charts::defaults()[1].1.replace("\"light\"", "\"dark\"");
    let dark = Template::parse("momentum", &text).unwrap();
    let doc = series(Timeframe::Hour4, 130, false);
    let png = render_png(&doc, &dark, Some(800), Some(600)).unwrap();
    check_png("momentum-4h-800x600.png", &png, (800, 600));
}

fn check_svg(name: &str, svg: &str) {
    let new = keep(name, svg.as_bytes());
    let old = std::fs::read_to_string(stored(name))
        .unwrap_or_else(|error| panic!("{name}: {error}; see {}", new.display()));
    assert!(old == svg, "{name} differs; see {}", new.display());
}

const LABEL: &str = "TESTUSDT 1w: \"up\" & <b>over</b> EMA 50";

#[test]
fn svg_for_a_page() {
    let doc = series(Timeframe::Week, 130, true);
    check_svg("trend-1w-wide.svg", &render_svg(&doc, &template("trend"), SvgLayout::Wide, LABEL));
}

#[test]
fn svg_for_a_phone_in_russian() {
    let doc = series(Timeframe::Week, 130, true);
    let svg = render_svg_in(&doc, &template("trend"), SvgLayout::Narrow, LABEL, Language::Ru);
    check_svg("trend-1w-narrow-ru.svg", &svg);
}

#[test]
fn svg_of_a_parent() {
    let doc = series(Timeframe::Month, 130, true);
    check_svg("parent-1M-half.svg", &render_svg(&doc, &Template::parent(), SvgLayout::Half, LABEL));
}
