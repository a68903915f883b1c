use domain::Sha256Hex;

/// A form with one file, as `multipart/form-data` (RFC 7578).
pub(super) struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Form {
    /// An empty form whose parts may hold `file` and `texts`: its boundary occurs in none of them.
    pub(super) fn around(file: &[u8], texts: &[&str]) -> Self {
        let occurs = |boundary: &str| {
            let needle = boundary.as_bytes();
            file.windows(needle.len()).any(|window| window == needle)
                || texts.iter().any(|t| t.contains(boundary))
        };
        let mut round = 0_u32;
        let boundary = loop {
            let candidate =
                format!("topdown-{}", Sha256Hex::of(format!("boundary {round}").as_bytes()).short());
            if !occurs(&candidate) {
                break candidate;
            }
            round += 1;
        };
        Self { boundary, body: Vec::with_capacity(file.len() + 1024) }
    }

    pub(super) fn text(mut self, name: &str, value: &str) -> Self {
        let head = format!("--{}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n", self.boundary);
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(value.as_bytes());
        self.body.extend_from_slice(b"\r\n");
        self
    }

    /// A file; of its name letters, digits, `-`, `_` and dots are kept.
    pub(super) fn file(mut self, name: &str, file_name: &str, media_type: &str, bytes: &[u8]) -> Self {
        let safe = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let file_name: String = file_name.chars().filter(safe).collect();
        let media_type: String = media_type.chars().filter(|c| !c.is_control()).collect();
        let head = format!(
            "--{}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
             Content-Type: {media_type}\r\n\r\n",
            self.boundary
        );
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(bytes);
        self.body.extend_from_slice(b"\r\n");
        self
    }

    /// The value of `Content-Type`, and the body.
    pub(super) fn finish(mut self) -> (String, Vec<u8>) {
        self.body.extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        (format!("multipart/form-data; boundary={}", self.boundary), self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boundary_occurs_in_no_part() {
        let (first, _) = Form::around(b"", &[]).finish();
        let taken = first.split('=').nth(1).unwrap().to_owned();
        let (second, body) = Form::around(taken.as_bytes(), &[]).text("a", "b").finish();
        let boundary = second.split('=').nth(1).unwrap();
        assert_ne!(boundary, taken);
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--{boundary}--\r\n"
        );
        assert_eq!(String::from_utf8(body).unwrap(), expected);
    }

    #[test]
    fn a_file_name_cannot_write_headers() {
        let (_, body) =
            Form::around(b"x", &[]).file("document", "a\"\r\nX: y/../b.html", "text/html", b"x").finish();
        let text = String::from_utf8(body).unwrap();
        assert!(text.contains("filename=\"aXy..b.html\"\r\nContent-Type: text/html\r\n\r\nx\r\n"), "{text}");
    }
}
