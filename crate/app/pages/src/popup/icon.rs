//! An extension's icon, or in its place a letter in a color of its own.

use web_sys::Element;

use crate::dom::{self, Missing};

pub(super) struct Icon {
    place: Element,
    pub(super) letter: Element,
}

impl Icon {
    /// The icon within `root`, of the extension with this id.
    pub(super) fn find(root: &Element, id: &str) -> Result<Self, Missing> {
        let icon = Self { place: dom::part(root, ".icon")?, letter: dom::part(root, ".letter")? };
        icon.color(id);
        Ok(icon)
    }

    /// The icon whose element this is. It has no color yet.
    pub(super) fn of(place: Element) -> Option<Self> {
        Some(Self { letter: place.first_element_child()?, place })
    }

    /// The color of the extension with this id.
    pub(super) fn color(&self, id: &str) {
        dom::write_attribute(&self.letter, "data-hue", HUES.get(hue(id)).copied().unwrap_or_default());
    }

    /// Takes the letter from the name.
    pub(super) fn name(&self, name: &str) {
        self.letter.set_text_content(Some(first_letter(name)));
    }

    /// Puts the icon before the drawn letter, which then steps back. An icon that fails to load is taken away again by
    /// whoever hears of it.
    pub(super) fn draw(&self, icon: Option<&str>) {
        if let Some(old) = dom::find(&self.place, "img") {
            old.remove();
        }
        if let (Some(icon), Some(image)) = (icon, dom::create("img")) {
            for (name, value) in [("alt", ""), ("loading", "lazy"), ("decoding", "async"), ("src", icon)] {
                dom::write_attribute(&image, name, value);
            }
            drop(self.place.insert_before(&image, Some(&self.letter)));
        }
    }
}

fn first_letter(name: &str) -> &str {
    let name = name.trim_start();
    let end = name.char_indices().nth(1).map_or(name.len(), |(second, _)| second);
    name.get(..end).unwrap_or_default()
}

/// The colors that the style sheet has.
pub(super) const HUES: [&str; 12] = ["0", "30", "60", "90", "120", "150", "180", "210", "240", "270", "300", "330"];

/// Which of them stays the extension's own.
pub(super) fn hue(id: &str) -> usize {
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize % HUES.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_is_a_whole_character() {
        assert_eq!(first_letter("  Übersetzer"), "Ü");
        assert_eq!(first_letter("広告"), "広");
        assert_eq!(first_letter("x"), "x");
        assert_eq!(first_letter(""), "");
    }
}
