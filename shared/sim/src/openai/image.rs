use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Width and height of a PNG in a data URL, or what is wrong with it.
pub(crate) fn size(url: &str) -> Result<(u32, u32), String> {
    let Some(rest) = url.strip_prefix("data:") else {
        return Err("Failed to download image: only data URLs can be read here.".to_owned());
    };
    let Some(encoded) = rest.strip_prefix("image/png;base64,") else {
        return Err("You uploaded an unsupported image. Please make sure your image is image/png in base64."
            .to_owned());
    };
    let bytes = STANDARD.decode(encoded).map_err(|_| "Invalid base64 image data.".to_owned())?;
    png_size(&bytes).ok_or_else(|| "The image data you provided does not represent a valid image.".to_owned())
}

/// Signature, IHDR and IEND in their places (PNG specification, sections 5.2, 11.2.1, 11.2.4).
pub(crate) fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")?;
    bytes.strip_suffix(b"\0\0\0\0IEND\xaeB`\x82")?;
    let number = |from: usize| Some(u32::from_be_bytes(head.get(from..from + 4)?.try_into().ok()?));
    Some((number(0)?, number(4)?)).filter(|(width, height)| *width > 0 && *height > 0)
}

/// Tokens of a picture: 85 and 170 for each 512-pixel tile after it is fitted into 2048 by 2048 and its short
/// side into 768; 85 with `low`.
pub(crate) fn tokens((width, height): (u32, u32), detail: Option<&str>) -> u64 {
    if detail == Some("low") {
        return 85;
    }
    let (mut w, mut h) = (u64::from(width), u64::from(height));
    let longest = w.max(h);
    if longest > 2_048 {
        (w, h) = (w * 2_048 / longest, h * 2_048 / longest);
    }
    let shortest = w.min(h).max(1);
    if shortest > 768 {
        (w, h) = (w * 768 / shortest, h * 768 / shortest);
    }
    85 + 170 * w.div_ceil(512) * h.div_ceil(512)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One transparent pixel, as found all over the web.
    const PIXEL: &str =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

    #[test]
    fn only_whole_pngs_pass() {
        assert_eq!(size(&format!("data:image/png;base64,{PIXEL}")), Ok((1, 1)));
        for bad in [
            "https://a.example/x.png".to_owned(),
            format!("data:image/jpeg;base64,{PIXEL}"),
            format!("data:image/png;base64,{}", &PIXEL[..80]),
            "data:image/png;base64,bm8=".to_owned(),
            "data:image/png;base64,!".to_owned(),
        ] {
            assert!(size(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn tokens_are_those_of_the_published_examples() {
        // the vendor's guide: 1024 x 1024 is 765 tokens, 2048 x 4096 is 1105, low detail 85
        assert_eq!(tokens((1_024, 1_024), Some("high")), 765);
        assert_eq!(tokens((2_048, 4_096), None), 1_105);
        assert_eq!(tokens((4_096, 8_192), Some("low")), 85);
    }
}
