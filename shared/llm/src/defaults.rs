/// The prompt files, partials and model profiles this build carries: file name and text. A catalog outside
/// replaces them without a build.
pub fn defaults() -> &'static [(&'static str, &'static str)] {
    &[
        ("_report.prompt", include_str!("../../../prompts/_report.prompt")),
        ("_recommendation.prompt", include_str!("../../../prompts/_recommendation.prompt")),
        ("_repair.prompt", include_str!("../../../prompts/_repair.prompt")),
        ("_again.prompt", include_str!("../../../prompts/_again.prompt")),
        ("_chart.prompt", include_str!("../../../prompts/_chart.prompt")),
        ("_tools.prompt", include_str!("../../../prompts/_tools.prompt")),
        ("monthly-report.prompt", include_str!("../../../prompts/monthly-report.prompt")),
        ("weekly-report.prompt", include_str!("../../../prompts/weekly-report.prompt")),
        ("daily-report.prompt", include_str!("../../../prompts/daily-report.prompt")),
        ("four-hour-report.prompt", include_str!("../../../prompts/four-hour-report.prompt")),
        ("recommendation.prompt", include_str!("../../../prompts/recommendation.prompt")),
        ("models.toml", include_str!("../../../prompts/models.toml")),
    ]
}
