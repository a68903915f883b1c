/// How the rule analyst behaves: the part of the model's name after the colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// By its rules.
    Honest,
    /// Invented prices in a cite, its claim, another claim and the summary; put right when asked.
    InventPrice,
    /// Addresses that do not exist; put right when asked.
    WrongRef,
    /// Invented prices, never put right.
    Stubborn,
    /// Invented prices; the repair puts them right and changes what it was not asked to.
    RepairOtherPath,
    /// Odds that do not sum to 100; put right when asked.
    ProbSum,
    /// Invalidation prices on the wrong side; put right when asked.
    WrongSideStop,
    /// A plan that does not pay, never put right; in a report nothing.
    PoorRr,
    /// Bullish whatever the data says.
    AlwaysLong,
    /// A refusal.
    Refuse,
    /// Cut off in the middle, every time.
    Truncate,
    /// A key too few and one too many, every time.
    BreakSchema,
    /// The same, but only in the first answer to a request.
    BreakSchemaOnce,
    /// Keys sorted by name.
    ReorderKeys,
    /// Calls a tool as long as one is offered.
    EndlessTools,
    /// A tool call whose arguments are cut off, once.
    BadToolArgs,
    /// Obeys what it reads; a report offers nothing to obey yet.
    Gullible,
    /// Late.
    Slow,
    /// Status 429.
    Limited,
    /// Status 500.
    Broken,
    /// A page instead of JSON.
    Html,
}

const NAMES: [(&str, Mode); 20] = [
    ("invent_price", Mode::InventPrice),
    ("wrong_ref", Mode::WrongRef),
    ("stubborn", Mode::Stubborn),
    ("repair_other_path", Mode::RepairOtherPath),
    ("prob_sum", Mode::ProbSum),
    ("wrong_side_stop", Mode::WrongSideStop),
    ("poor_rr", Mode::PoorRr),
    ("always_long", Mode::AlwaysLong),
    ("refuse", Mode::Refuse),
    ("truncate", Mode::Truncate),
    ("break_schema", Mode::BreakSchema),
    ("break_schema_once", Mode::BreakSchemaOnce),
    ("reorder_keys", Mode::ReorderKeys),
    ("endless_tools", Mode::EndlessTools),
    ("bad_tool_args", Mode::BadToolArgs),
    ("gullible", Mode::Gullible),
    ("slow", Mode::Slow),
    ("429", Mode::Limited),
    ("500", Mode::Broken),
    ("html", Mode::Html),
];

impl Mode {
    /// The mode that a model's name asks for; `None` for a model that does not exist.
    pub(crate) fn named(model: &str) -> Option<Self> {
        if model == "rule-analyst" {
            return Some(Self::Honest);
        }
        let name = model.strip_prefix("rule-analyst:")?;
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode)
    }

    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = (String, Self)> {
        NAMES.iter().map(|(name, mode)| (format!("rule-analyst:{name}"), *mode))
    }
}
