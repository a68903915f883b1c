use super::*;

const SMALL: &str = "title = \"T\"\noverlays = [\"ema20\", \"bb\"]\npanes = [\"rsi\", \"macd\"]\n";

fn error(text: &str) -> TemplateError {
    Template::parse("odd", text).unwrap_err()
}

#[test]
fn the_defaults_are_templates_and_differ() {
    let names: Vec<_> = crate::defaults().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["trend", "momentum"]);
    for (name, text) in crate::defaults() {
        let template = Template::parse(name, text).unwrap();
        let day = template.resolve(Timeframe::Day);
        assert_eq!((day.bars, day.width, day.height, day.scale), (104, 1280, 720, Scale::Linear));
        assert_eq!(template.resolve(Timeframe::Month).scale, Scale::Log);
        assert_eq!(template.id().name(), *name);
    }
}

#[test]
fn what_is_wanted_is_named_as_the_series_are() {
    let template = Template::parse("trend", crate::defaults()[0].1).unwrap();
    assert_eq!(
        template.indicators_wanted(Timeframe::Week),
        [
            "ema20",
            "ema50",
            "ema200",
            "bb_up",
            "bb_mid",
            "bb_low",
            "rsi14",
            "macd",
            "macd_signal",
            "macd_hist"
        ]
    );
    let template = Template::parse("momentum", crate::defaults()[1].1).unwrap();
    assert_eq!(
        template.indicators_wanted(Timeframe::Week),
        ["ema20", "rsi14", "macd", "macd_signal", "macd_hist", "adx14", "pdi14", "mdi14"]
    );
}

#[test]
fn a_timeframe_overrides_only_what_it_names() {
    let text = format!("{SMALL}[timeframe.1M]\nscale = \"log\"\npanes = [\"volume\"]\n");
    let template = Template::parse("odd", &text).unwrap();
    let month = template.resolve(Timeframe::Month);
    assert_eq!((month.scale, month.panes.as_slice()), (Scale::Log, [Pane::Volume].as_slice()));
    assert_eq!(month.overlays, [Overlay::Ema(20), Overlay::Bollinger]);
    assert_eq!(template.resolve(Timeframe::Week).scale, Scale::Linear);
    assert_eq!(month.describe(), "price with EMA 20, BB 20, 2; volume; logarithmic scale");
}

#[test]
fn a_changed_byte_is_another_version() {
    let one = Template::parse("odd", SMALL).unwrap();
    let other = Template::parse("odd", &format!("{SMALL}# checked\n")).unwrap();
    assert_ne!(one.id(), other.id());
}

#[test]
fn an_error_names_file_and_field() {
    let cases = [
        (format!("{SMALL}colour = 3\n"), "chart template odd.toml, line 4, field `colour`"),
        (format!("{SMALL}theme = \"pink\"\n"), "chart template odd.toml, line 4, field `theme`"),
        (SMALL.replace("ema20", "ema0"), "chart template odd.toml, line 2, field `overlays`"),
        (SMALL.replace("\"rsi\"", "\"stoch\""), "chart template odd.toml, line 3, field `panes`"),
        (format!("{SMALL}bars = 9\n"), "chart template odd.toml, field `bars`: 9 is not within"),
        (format!("{SMALL}width = 4096\n"), "chart template odd.toml, field `width`: 4096 is not within"),
        (format!("{SMALL}height = 10\n"), "chart template odd.toml, field `height`: 10 is not within"),
        (
            format!("{SMALL}[timeframe.1M]\nbars = 301\n"),
            "chart template odd.toml, field `timeframe.1M.bars`: 301",
        ),
        (SMALL.replace("bb", "ema20"), "chart template odd.toml, field `overlays`: `EMA 20` stands twice"),
        (format!("{SMALL}[timeframe.1m]\nbars = 30\n"), "chart template odd.toml, line "),
    ];
    for (text, start) in cases {
        let told = error(&text).to_string();
        assert!(told.starts_with(start), "{told}");
    }
    let told = error("overlays = []\npanes = []\n").to_string();
    assert!(told.contains("missing field `title`"), "{told}");
}

#[test]
fn a_name_cannot_leave_its_folder() {
    for bad in ["", "../trend", "Trend", "a b", "1w", &"a".repeat(41)] {
        assert!(matches!(Template::parse(bad, SMALL), Err(TemplateError::Name { .. })), "{bad}");
    }
}

#[test]
fn any_text_is_answered() {
    let good = crate::defaults()[0].1;
    bolero::check!().for_each(|bytes: &[u8]| {
        let [high, low, length, with @ ..] = bytes else { return };
        let at = usize::from(u16::from_be_bytes([*high, *low])) % good.len();
        let end = good.len().min(at + usize::from(*length));
        let spliced = [&good.as_bytes()[..at], with, &good.as_bytes()[end..]].concat();
        for text in [with, &spliced] {
            let Ok(template) = Template::parse("odd", &String::from_utf8_lossy(text)) else { continue };
            for timeframe in Timeframe::ALL {
                let resolved = template.resolve(timeframe);
                assert!(WIDTH.contains(&resolved.width) && HEIGHT.contains(&resolved.height));
                let _ = (template.indicators_wanted(timeframe), resolved.describe());
            }
        }
    });
}
