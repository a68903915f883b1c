//! The answer to a repair call on a recommendation: the honest value of each path that is asked for.

use domain::recommendation::{Direction, Recommendation};
use serde_json::{Value, json};

use super::{answer as asked, by_rule};
use crate::analyst::Mode;
use crate::analyst::brief::Brief;

pub(in crate::analyst) fn answer(brief: &Brief, mode: Mode) -> String {
    let right = match mode {
        Mode::Stubborn | Mode::PoorRr => asked(brief, mode),
        _ => by_rule(brief, Mode::Honest),
    };
    let offers_direction = brief.repair.iter().any(|path| path == "direction");
    let repairs: Vec<Value> = if right.direction == Direction::StandAside && offers_direction {
        let text = |path: &str, text: &str| entry(path, json!(text), Value::Null, Value::Null);
        vec![
            text("direction", "stand_aside"),
            text("reasoning", &right.reasoning),
            text("summary", &right.summary),
        ]
    } else {
        // a recommendation always serializes
        let document = serde_json::to_value(&right).unwrap_or_default();
        brief.repair.iter().filter_map(|path| correction(path, &document, &right)).collect()
    };
    let mut repairs = repairs;
    if mode == Mode::RepairOtherPath {
        repairs.push(entry("probability", Value::Null, json!(99), Value::Null));
        repairs.push(entry("plan.stop", Value::Null, json!(1), json!("1d:levels[S1].low")));
    }
    json!({ "repairs": repairs }).to_string()
}

fn entry(path: &str, text: Value, number: Value, reference: Value) -> Value {
    json!({ "path": path, "text": text, "number": number, "ref": reference, "leans": null })
}

fn correction(path: &str, document: &Value, right: &Recommendation) -> Option<Value> {
    let pointer = format!("/{}", path.replace('[', "/").replace(']', "").replace('.', "/"));
    let Some(value) = document.pointer(&pointer) else {
        // a target that the honest plan does not have
        return path.starts_with("plan.targets[").then(|| entry(path, Value::Null, Value::Null, json!("")));
    };
    if value.get("ref").is_some() && value.get("value").is_some() {
        let argument = document.pointer(pointer.rsplit_once("/cites/")?.0)?;
        return Some(entry(path, argument["says"].clone(), value["value"].clone(), value["ref"].clone()));
    }
    let reference = match path {
        "plan.entry_low" | "plan.entry_high" => json!(right.plan.entry_ref),
        "plan.stop" => json!(right.plan.stop_ref),
        "invalidation.price" => json!(right.invalidation.reference),
        _ if path.starts_with("plan.targets[") && path.ends_with(".price") => {
            document.pointer(pointer.strip_suffix("/price")?)?["ref"].clone()
        }
        _ => Value::Null,
    };
    match value {
        Value::Number(_) => Some(entry(path, Value::Null, value.clone(), reference)),
        Value::String(_) => Some(entry(path, value.clone(), Value::Null, reference)),
        _ => None,
    }
}
