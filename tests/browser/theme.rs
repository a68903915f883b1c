use super::launch::in_browser;
use super::reports::with_parent;
use super::screen::{DESK, Theme};
use super::wcag::{Colour, contrast};
use serde_json::json;

/// A colour of the design: the property that holds it, its value in the light and in the dark theme, and the
/// contrast to the background that the design states for each, if it states one.
struct Token {
    name: &'static str,
    light: &'static str,
    dark: &'static str,
    contrasts: Option<[&'static str; 2]>,
}

const fn token(
    name: &'static str,
    light: &'static str,
    dark: &'static str,
    contrasts: Option<[&'static str; 2]>,
) -> Token {
    Token { name, light, dark, contrasts }
}

const TOKENS: [Token; 13] = [
    token("--bg", "#FFFFFF", "#0F1216", None),
    token("--surface", "#F5F6F8", "#181C22", None),
    token("--line", "#DCE0E5", "#2B323A", None),
    token("--ink", "#14181D", "#E9ECEF", Some(["17.8", "15.8"])),
    token("--ink2", "#48515B", "#B0B8C1", Some(["8.1", "9.4"])),
    token("--ink3", "#66707B", "#8F99A4", Some(["5.0", "6.5"])),
    token("--edge", "#868F99", "#68727D", Some(["3.3", "3.8"])),
    token("--up", "#0B69A3", "#5CB3E8", Some(["5.9", "8.1"])),
    token("--down", "#B3470B", "#F0924F", Some(["5.5", "8.0"])),
    token("--warn", "#7A5200", "#E6B847", Some(["6.9", "10.1"])),
    token("--error", "#A8123E", "#FF8199", Some(["7.4", "7.9"])),
    token("--ema20", "#7440B0", "#C29AF2", Some(["6.8", "8.2"])),
    token("--ema50", "#007A66", "#49C2A6", Some(["5.3", "8.5"])),
];

#[test]
fn colours_are_those_of_the_design_in_both_themes_and_print_is_light() {
    in_browser("colours_are_those_of_the_design", async |browser| {
        browser.open(with_parent().0).await;
        browser.on(DESK).await;
        let seen = async || {
            let names: Vec<&str> = TOKENS.iter().map(|token| token.name).collect();
            let read = "const style = getComputedStyle(document.documentElement);
                return arguments[0].map(name => style.getPropertyValue(name).trim().toUpperCase())";
            browser.texts(read, vec![json!(names)]).await
        };
        let light: Vec<&str> = TOKENS.iter().map(|token| token.light).collect();
        let dark: Vec<&str> = TOKENS.iter().map(|token| token.dark).collect();
        browser.in_theme(Theme::Light).await;
        assert_eq!(seen().await, light);
        browser.in_theme(Theme::Dark).await;
        assert_eq!(seen().await, dark);
        browser.in_media("print", Theme::Dark).await;
        assert_eq!(seen().await, light);
    });
}

#[test]
fn the_page_stands_on_the_background_of_its_theme() {
    in_browser("the_page_stands_on_the_background", async |browser| {
        browser.open(with_parent().0).await;
        for (theme, ground, ink) in [
            (Theme::Light, "rgb(255, 255, 255)", "rgb(20, 24, 29)"),
            (Theme::Dark, "rgb(15, 18, 22)", "rgb(233, 236, 239)"),
        ] {
            browser.in_theme(theme).await;
            let read =
                "const style = getComputedStyle(document.body); return [style.backgroundColor, style.color]";
            assert_eq!(browser.texts(read, Vec::new()).await, [ground, ink]);
        }
    });
}

/// The design states its contrasts; the same formula judges the page.
#[test]
fn contrasts_of_the_design_are_what_it_states() {
    let ground = &TOKENS[0];
    let ratio = |one, other| format!("{:.1}", contrast(Colour::written(one), Colour::written(other)));
    for token in TOKENS.iter() {
        let Some(stated) = token.contrasts else { continue };
        assert_eq!(
            [ratio(token.light, ground.light), ratio(token.dark, ground.dark)],
            stated,
            "{}",
            token.name
        );
    }
}
