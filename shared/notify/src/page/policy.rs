use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The `Content-Security-Policy` of the response that serves `html`: the page's own policy, in a sandbox that
/// lets links open and nothing else. The hash is that of the page's one style element.
pub fn policy_header(html: &str) -> String {
    let style =
        style_of(html).map_or_else(|| "'none'".to_owned(), |css| format!("'sha256-{}'", style_hash(css)));
    format!(
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src {style}; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// Base64 of the SHA-256 of a style element's text, as a policy names it (CSP Level 3, section 2.3.1).
pub(super) fn style_hash(css: &str) -> String {
    STANDARD.encode(Sha256::digest(css.as_bytes()))
}

fn style_of(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("<style>")?;
    rest.split_once("</style>").map(|(css, _)| css)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_the_hash_of_the_style() {
        // printf 'p{color:red}' | openssl dgst -sha256 -binary | base64
        let hash = "p0bF+un5yUb9MBO6xRb8kPHlY2BdpHVtLiFkDrZPF64=";
        let header = policy_header("<head><style>p{color:red}</style></head>");
        assert_eq!(
            header,
            format!(
                "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'sha256-{hash}'; \
                 img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            )
        );
        assert!(policy_header("").contains("style-src 'none'"));
    }
}
