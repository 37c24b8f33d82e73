//! The memory as JSON, on disk and in a backup alike: written with names, read strictly. Nothing in it has to be escaped.

use super::{Blamed, MOST, Memory, Record, Turn};
use crate::diagnosis::cause::Cause;
use crate::diagnosis::fix::Fix;
use crate::host::Host;
use crate::id::{ExtensionId, Time};
use crate::network::json::{Found, walk};
use crate::page::{Code, Family, RayId};

const TURNS: [(Turn, &str); 4] = [(Turn::Quiet, "quiet"), (Turn::Off, "off"), (Turn::On, "on"), (Turn::Updated, "updated")];

impl Memory {
    /// An array with an object for each record.
    pub fn write(&self) -> String {
        let mut json = String::from("[");
        for (place, record) in self.records.iter().enumerate() {
            json.push_str(if place == 0 { "{\"at\":" } else { ",\n{\"at\":" });
            json.push_str(&record.at.0.to_string());
            if let Some(code) = record.code {
                json.push_str(",\"code\":");
                json.push_str(&code.number().to_string());
            }
            let texts = [
                ("host", Some(record.host.as_str())),
                ("page", Some(record.family.as_str())),
                ("ray", record.ray_id.as_ref().map(RayId::as_str)),
                ("cause", record.found.map(Cause::name)),
                ("helped", record.helped.map(Fix::name)),
            ];
            for (name, text) in texts {
                write_text(&mut json, name, text);
            }
            json.push_str(",\"extensions\":[");
            for (place, blamed) in record.blamed.iter().enumerate() {
                json.push_str(if place == 0 { "{\"since\":" } else { ",{\"since\":" });
                json.push_str(&blamed.since.0.to_string());
                write_text(&mut json, "id", Some(blamed.id.as_str()));
                write_text(&mut json, "version", Some(&blamed.version));
                write_text(&mut json, "turn", named(blamed.turn));
                json.push('}');
            }
            json.push_str("]}");
        }
        json.push(']');
        json
    }

    /// Reads what [`Memory::write`] wrote, and nothing else.
    pub fn read(json: &str) -> Option<Self> {
        let mut reading = Reading::default();
        let mut is_ours = true;
        walk(json, &mut |path, found| {
            let taken = path.split_first().and_then(|(_, path)| reading.take(path, found));
            is_ours &= taken.is_some();
        })?;
        if is_ours { reading.complete() } else { None }
    }
}

fn write_text(json: &mut String, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        for part in [",\"", name, "\":\"", text, "\""] {
            json.push_str(part);
        }
    }
}

fn named(turn: Turn) -> Option<&'static str> {
    TURNS.iter().find(|(other, _)| *other == turn).map(|(_, name)| *name)
}

/// The letters of ids and versions, none of which JSON writes in another way.
pub(super) fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || "@._{}+-".contains(character)
}

/// A memory that is being read, value by value.
#[derive(Default)]
pub(crate) struct Reading {
    drafts: Vec<Draft>,
}

#[derive(Default)]
struct Draft {
    at: Option<Time>,
    host: Option<Host>,
    family: Option<Family>,
    code: Option<Code>,
    ray_id: Option<RayId>,
    found: Option<Cause>,
    helped: Option<Fix>,
    blamed: Vec<Blamed>,
}

impl Reading {
    /// Takes a value in; `path` is what leads to it within the memory's own array. `None` for one that does not belong there.
    pub(crate) fn take(&mut self, path: &[&str], found: Found<'_>) -> Option<()> {
        match (path, found) {
            ([] | ["", "extensions"], Found::Begun) => {}
            ([""], Found::Begun) => self.drafts.push(Draft::default()),
            (["", "extensions", ""], Found::Begun) => {
                let blamed = Blamed { id: ExtensionId(String::new()), version: String::new(), turn: Turn::Quiet, since: Time(0) };
                self.drafts.last_mut()?.blamed.push(blamed);
            }
            ([""], found) => self.drafts.last_mut()?.take(found)?,
            (["", "extensions", ""], found) => take_blamed(self.drafts.last_mut()?.blamed.last_mut()?, found)?,
            _ => return None,
        }
        Some(())
    }

    /// What was read, if nothing that has to be there is missing.
    pub(crate) fn complete(self) -> Option<Memory> {
        let mut memory = Memory::default();
        for draft in self.drafts {
            if draft.blamed.iter().any(|blamed| blamed.id.as_str().is_empty()) {
                return None;
            }
            memory.add(Record {
                at: draft.at?,
                host: draft.host?,
                family: draft.family?,
                code: draft.code,
                ray_id: draft.ray_id,
                found: draft.found,
                helped: draft.helped,
                blamed: draft.blamed,
            });
        }
        (memory.records.len() <= MOST).then_some(memory)
    }
}

impl Draft {
    fn take(&mut self, found: Found<'_>) -> Option<()> {
        match found {
            Found::Bare("at", number) => self.at = Some(time(number)?),
            Found::Bare("code", number) => self.code = Some(Code::parse(number)?),
            Found::Text("host", text) => self.host = Some(Host::parse(text)?),
            Found::Text("page", name) => self.family = Some(Family::parse(name)?),
            Found::Text("ray", text) => self.ray_id = Some(RayId::parse(text)?),
            Found::Text("cause", name) => self.found = Some(Cause::ALL.into_iter().find(|cause| cause.name() == name)?),
            Found::Text("helped", name) => self.helped = Some(Fix::ALL.into_iter().find(|fix| fix.name() == name)?),
            _ => return None,
        }
        Some(())
    }
}

fn take_blamed(blamed: &mut Blamed, found: Found<'_>) -> Option<()> {
    match found {
        Found::Bare("since", number) => blamed.since = time(number)?,
        Found::Text("id", text) => blamed.id = ExtensionId(text_of(text)?),
        Found::Text("version", text) => blamed.version = text_of(text)?,
        Found::Text("turn", name) => blamed.turn = TURNS.iter().find(|(_, other)| *other == name)?.0,
        _ => return None,
    }
    Some(())
}

fn text_of(text: &str) -> Option<String> {
    (text.len() <= 80 && text.chars().all(is_plain)).then(|| text.to_owned())
}

/// Until then, JavaScript counts every millisecond.
fn time(number: &str) -> Option<Time> {
    number.parse().ok().filter(|time| *time < 1 << 53).map(Time)
}
