//! Turns the English messages into Rust functions, so that a key that does not exist, or one given too few arguments,
//! does not compile. `name__one`, `name__other`, ... become one function `name(count, ..)`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, error, fs};

const MESSAGES: &str = "../../extension/_locales/en/messages.json";

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed={MESSAGES}");
    println!("cargo::rerun-if-changed=build.rs");
    let messages: BTreeMap<String, serde_json::Value> = serde_json::from_str(&fs::read_to_string(MESSAGES)?)?;
    let mut written = BTreeSet::new();
    let mut code = String::new();
    for (name, message) in &messages {
        let (function, plural) = match name.split_once("__") {
            Some((stem, _category)) => (stem, true),
            None => (name.as_str(), false),
        };
        if !written.insert(function) {
            continue;
        }
        let text = message["message"].as_str().ok_or_else(|| format!("{name} has no message"))?;
        writeln!(code, "/// \u{201c}{}\u{201d}", text.replace('[', "\\["))?;
        writeln!(code, "{}", function_for(function, plural, &arguments(name, message)?))?;
    }
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("keys.rs"), code)?;
    Ok(())
}

/// The placeholders' names in the order of their numbers: `$1` first.
fn arguments(name: &str, message: &serde_json::Value) -> Result<Vec<String>, String> {
    let mut numbered = BTreeMap::new();
    for (placeholder, value) in message["placeholders"].as_object().into_iter().flatten() {
        let number = value["content"].as_str().and_then(|content| content.strip_prefix('$')).and_then(|n| n.parse::<u8>().ok());
        numbered.insert(number.ok_or_else(|| format!("{name}: placeholder {placeholder} is not $1 to $9"))?, placeholder.clone());
    }
    if numbered.keys().copied().ne(1..=u8::try_from(numbered.len()).unwrap_or(u8::MAX)) {
        return Err(format!("{name}: placeholders must be numbered from $1 without a gap"));
    }
    Ok(numbered.into_values().collect())
}

/// A placeholder of this name lists names, however many; it has to be the last.
const LIST: &str = "names";

fn function_for(name: &str, plural: bool, arguments: &[String]) -> String {
    let (count_parameter, count, arguments) = match (plural, arguments.split_first()) {
        (true, Some((_count, rest))) => ("count: u32, ", "Some(count)", rest),
        _ => ("", "None", arguments),
    };
    let of = |argument: &str| if argument == LIST { "&[&str]" } else { "&str" };
    let parameters: String = arguments.iter().fold(String::new(), |text, argument| text + argument + ": " + of(argument) + ", ");
    let made = match count {
        _ if arguments.last().is_some_and(|last| last == LIST) => {
            let others = arguments.split_last().map(|(_, others)| others.join(", ")).unwrap_or_default();
            format!("listing(\"{name}\", &[{others}], {LIST})")
        }
        "None" if arguments.is_empty() => format!("plain(\"{name}\")"),
        _ => format!("new(\"{name}\", &[{}], {count})", arguments.join(", ")),
    };
    format!("pub fn {name}({count_parameter}{parameters}) -> Text {{ Text::{made} }}")
}
