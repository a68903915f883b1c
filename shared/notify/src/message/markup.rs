/// How a channel writes text: what it reads as markup is escaped, and four kinds of it are written.
#[derive(Debug, Clone, Copy)]
pub struct Markup {
    escape: fn(&str) -> String,
    escape_code: fn(&str) -> String,
    bold: [&'static str; 2],
    italic: [&'static str; 2],
    struck: [&'static str; 2],
    code: [&'static str; 2],
}

impl Markup {
    /// The tags that Telegram's HTML parse mode has in common with HTML.
    pub const HTML: Self = Self {
        escape: html,
        escape_code: html,
        bold: ["<b>", "</b>"],
        italic: ["<i>", "</i>"],
        struck: ["<s>", "</s>"],
        code: ["<code>", "</code>"],
    };
    /// Slack's mrkdwn.
    pub const SLACK: Self = Self {
        escape: slack,
        escape_code: slack_code,
        bold: ["*", "*"],
        italic: ["_", "_"],
        struck: ["~", "~"],
        code: ["`", "`"],
    };
    /// None: a wrong number is known by its question mark.
    pub const PLAIN: Self = Self {
        escape: str::to_owned,
        escape_code: str::to_owned,
        bold: ["", ""],
        italic: ["", ""],
        struck: ["", ""],
        code: ["", ""],
    };

    /// Text that stands as it is.
    pub(crate) fn escape(&self, text: &str) -> String {
        (self.escape)(text)
    }

    /// Bold; what is within has been escaped, as for the others.
    pub(crate) fn bold(&self, escaped: &str) -> String {
        around(self.bold, escaped)
    }

    /// Italic.
    pub(crate) fn italic(&self, escaped: &str) -> String {
        around(self.italic, escaped)
    }

    /// A number that may be wrong.
    pub(crate) fn struck(&self, escaped: &str) -> String {
        around(self.struck, escaped)
    }

    /// A price, a command: text that has not been escaped.
    pub(crate) fn code(&self, text: &str) -> String {
        around(self.code, &(self.escape_code)(text))
    }

    /// An address, which is no prose: none of its characters is taken for another.
    pub(crate) fn address(&self, text: &str) -> String {
        (self.escape_code)(text)
    }
}

fn around([open, close]: [&str; 2], text: &str) -> String {
    format!("{open}{text}{close}")
}

/// For text and for attributes between double quotes.
fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// Slack has no escape for its four marks: signs of the same look stand for them, so that a text opens no markup and
/// closes none of ours.
fn slack(text: &str) -> String {
    let unmarked = |c| match c {
        '*' => '\u{2217}',
        '_' => '\u{2cd}',
        '~' => '\u{223c}',
        c => c,
    };
    slack_code(&text.chars().map(unmarked).collect::<String>())
}

/// Within code the backtick alone is a mark, and what is copied from there stays as it was.
fn slack_code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '`' => out.push('\u{2cb}'),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_read_as_markup() {
        let hostile = "<a href=\"x\">*_~` & <!channel> <@U1> https://evil.example";
        assert_eq!(
            Markup::HTML.escape(hostile),
            "&lt;a href=&quot;x&quot;&gt;*_~` &amp; &lt;!channel&gt; &lt;@U1&gt; https://evil.example"
        );
        assert_eq!(
            Markup::SLACK.escape(hostile),
            "&lt;a href=\"x\"&gt;∗ˍ∼ˋ &amp; &lt;!channel&gt; &lt;@U1&gt; https://evil.example"
        );
        assert_eq!(Markup::PLAIN.escape(hostile), hostile);
        assert_eq!(Markup::SLACK.code("a_b --x `<&"), "`a_b --x ˋ&lt;&amp;`");
    }
}
