use domain::recommendation::AccountState;

use super::view::View;
use crate::lang::fill;
use crate::text::plain;

/// What was known of the account.
pub(super) struct Account {
    pub(super) text: String,
    /// Why nothing was, in the words of what refused it.
    pub(super) reason: String,
    /// The reason is English on a page that is not.
    pub(super) foreign: bool,
}

pub(super) fn account(view: &View<'_>) -> Account {
    let (words, document) = (&view.words.plan, view.document());
    let reason = document.account_reason.as_deref().map(|reason| plain(reason).trim().to_owned());
    let reason = reason.filter(|_| document.account == AccountState::NotProvided).unwrap_or_default();
    let text = match document.account {
        AccountState::Provided => match document.account_read_at {
            Some(at) => fill(&words.account, &[("time", &view.dates.short(at))]),
            None => words.account_read.clone(),
        },
        AccountState::KnownEmpty => words.account_empty.clone(),
        AccountState::NotProvided if reason.is_empty() => words.account_none.clone(),
        AccountState::NotProvided => words.account_why.clone(),
    };
    let foreign = view.words.code != "en";
    Account { text, reason, foreign }
}
