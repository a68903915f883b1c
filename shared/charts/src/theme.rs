//! Colours of the PNG. The page's SVG takes the same ones from the page's custom properties.

use crate::scene::Role;
use crate::template::Theme;

/// Red, green, blue, alpha.
pub(crate) type Rgba = [u8; 4];

/// Alpha of what stands back.
const SOFT: u8 = 199;
/// Alpha of a zone that other marks stand on.
const ZONE: u8 = 41;

/// The colour of `role`.
pub(crate) fn colour(theme: Theme, role: Role) -> Rgba {
    let (light, dark, alpha) = match role {
        Role::Ground => (0xFF_FFFF, 0x0F_1216, 255),
        Role::Band => (0xF5_F6F8, 0x18_1C22, 255),
        Role::Line => (0xE6_E9ED, 0x2B_323A, 255),
        Role::Year => (0xD0_D5DB, 0x3A_424C, 255),
        Role::Edge => (0x86_8F99, 0x68_727D, 255),
        Role::Ink | Role::Ema200 => (0x14_181D, 0xE9_ECEF, 255),
        Role::Ink2 | Role::Extra => (0x48_515B, 0xB0_B8C1, 255),
        Role::Ink3 => (0x66_707B, 0x8F_99A4, 255),
        Role::Up => (0x0B_69A3, 0x5C_B3E8, 255),
        Role::Down => (0xB3_470B, 0xF0_924F, 255),
        Role::UpSoft => (0x0B_69A3, 0x5C_B3E8, SOFT),
        Role::DownSoft => (0xB3_470B, 0xF0_924F, SOFT),
        Role::UpZone => (0x0B_69A3, 0x5C_B3E8, ZONE),
        Role::DownZone => (0xB3_470B, 0xF0_924F, ZONE),
        Role::Ema20 => (0x74_40B0, 0xC2_9AF2, 255),
        Role::Ema50 => (0x00_7A66, 0x49_C2A6, 255),
    };
    let rgb: u32 = match theme {
        Theme::Light => light,
        Theme::Dark => dark,
    };
    let [_, red, green, blue] = rgb.to_be_bytes();
    [red, green, blue, alpha]
}
