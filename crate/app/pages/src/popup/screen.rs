//! The whole popup as one thing that can show a view. Changes what is there in place, so that focus, scrolling and what
//! was unfolded stay as they are.

use readmit_core::base::id::Time;
use readmit_core::base::text::keys;
use readmit_core::view::{Act, Phase, Tone, View, example};
use web_sys::{Document, Element};

use super::answer::Answer;
use super::button::Situation;
use super::card::Cards;
use super::culprits::Culprits;
use super::extension_list::ExtensionList;
use super::footer::{self, Footer};
use super::header::Header;
use super::manual::ManualToggles;
use super::recovery_alerts::RecoveryAlerts;
use super::report::Report;
use super::text::Words;
use super::time;
use super::tried::Tried;
use crate::dom::{self, Missing};
use crate::guard::ABOUT;

pub(super) struct Screen {
    pub(super) words: Words,
    pub(super) view: Option<View>,
    pub(super) cards: Cards,
    pub(super) extensions: ExtensionList,
    pub(super) culprits: Culprits,
    pub(super) report: Report,
    recovery_alerts: RecoveryAlerts,
    tried: Tried,
    page: Document,
    main: Element,
    skeleton: Element,
    header: Header,
    manual: ManualToggles,
    answer: Answer,
    tools: Element,
    check: Element,
    check_label: Element,
    watch: Element,
    allow: Element,
    allow_button: Element,
    example: Element,
    example_note: Element,
    /// While the example is shown: what is true, to be shown again.
    behind_example: Option<View>,
    footer: Footer,
    said_headline: Element,
    said: Element,
    flash: Option<Flash>,
}

/// A button that for a moment says what came of it.
struct Flash {
    label: Element,
    before: String,
    text: String,
    since: Time,
}

impl Screen {
    /// `root` is the page's root element.
    pub(super) fn find(page: Document, root: &Element) -> Result<Self, Missing> {
        Ok(Self {
            words: Words::new(&root.get_attribute("lang").unwrap_or_default()),
            view: None,
            cards: Cards::find(root)?,
            extensions: ExtensionList::find(root)?,
            culprits: Culprits::find(root)?,
            report: Report::find(root)?,
            recovery_alerts: RecoveryAlerts::find(root)?,
            tried: Tried::find(root)?,
            page,
            main: dom::part(root, "main")?,
            skeleton: dom::part(root, "#skeleton")?,
            header: Header::find(root)?,
            manual: ManualToggles::find(root)?,
            answer: Answer::find(root)?,
            tools: dom::part(root, "#tools")?,
            check: dom::part(root, "#tools [data-do=check]")?,
            check_label: dom::part(root, "#tools [data-do=check] .label")?,
            watch: dom::part(root, "#tools [data-do=watch]")?,
            allow: dom::part(root, "#allow")?,
            allow_button: dom::part(root, "#allow button")?,
            example: dom::part(root, "#example")?,
            example_note: dom::part(root, "#example-note")?,
            behind_example: None,
            footer: Footer::find(root)?,
            said_headline: dom::part(root, "#said-headline")?,
            said: dom::part(root, "#said")?,
            flash: None,
        })
    }

    /// Shows `view`, or keeps it until the example is closed.
    pub(super) fn show(&mut self, view: View) -> Result<(), Missing> {
        if self.is_example() {
            self.behind_example = Some(view);
            return Ok(());
        }
        self.draw(view)
    }

    pub(super) fn is_example(&self) -> bool {
        self.behind_example.is_some()
    }

    pub(super) fn see_example(&mut self) -> Result<(), Missing> {
        let Some(mut view) = self.view.take() else { return Ok(()) };
        // The list of extensions stays what it is; it comes back when the example is closed.
        let example = example(time::now(), view.extensions.take());
        self.behind_example = Some(view);
        self.draw(example)
    }

    pub(super) fn close_example(&mut self) -> Result<(), Missing> {
        let Some(mut view) = self.behind_example.take() else { return Ok(()) };
        if view.extensions.is_none() {
            view.extensions = self.view.take().and_then(|example| example.extensions);
        }
        self.draw(view)
    }

    fn draw(&mut self, view: View) -> Result<(), Missing> {
        let focused = self.page.active_element();
        let now = time::now();
        let words = &self.words;
        let situation = Situation::of(&view, words, now);

        dom::set_attribute(&self.main, "data-phase", view.phase.name());
        dom::set_attribute(&self.main, "data-code", &view.code.map(|code| code.to_string()).unwrap_or_default());
        dom::set_attribute(&self.main, "data-tone", footer::tone_name(view.tone));
        dom::set_flag(&self.main, "data-busy", view.phase == Phase::Looking);
        dom::show(&self.skeleton, view.phase == Phase::Looking && view.cards.is_empty());
        for (place, button, patterns) in [(&self.allow, &self.allow_button, &view.allow), (&self.watch, &self.watch, &view.watch)]
        {
            dom::show(place, !patterns.is_empty());
            dom::set_attribute(button, ABOUT, &patterns.join(" "));
        }
        dom::show(&self.tools, !view.report.is_empty());
        dom::show(&self.example, view.offers_example);
        dom::show(&self.example_note, self.behind_example.is_some());
        situation.dress_check(&self.check, &self.check_label);
        dom::set_optional(&self.main, "data-cleared", view.cleared.then_some("extensions"));
        self.header.show(&view, words, now);
        self.manual.show(&view, words, &self.page)?;
        self.culprits.show(&view, &situation, &self.page)?;
        self.answer.show(&view, words, &self.page);
        self.report.show(&view);
        self.recovery_alerts.show(&view, words, &self.page, now)?;
        self.cards.show(&view, &situation, &self.page)?;
        self.extensions.show(&view, words, &self.page)?;
        self.tried.show(&view, words, &self.page)?;
        self.footer.show(&view, words, now);
        self.announce(&view);
        self.footer.move_on();
        self.view = Some(view);
        self.keep_focus(focused);
        Ok(())
    }

    /// Tells those who do not see the page what became different.
    fn announce(&self, view: &View) {
        if self.view.as_ref().is_none_or(|before| before.headline != view.headline) {
            let detail = self.words.of_optional(view.detail.as_ref());
            dom::set_text(&self.said_headline, &sentences(&self.words.of(&view.headline), &detail));
        }
        // A search is long: each test is told, not only its beginning.
        let progress = |view: &View| view.detail.clone().filter(|_| view.phase == Phase::Searching);
        let is_next_test =
            self.view.as_ref().is_some_and(|before| before.headline == view.headline && progress(before) != progress(view));
        if let Some(progress) = progress(view).filter(|_| is_next_test) {
            dom::set_text(&self.said, &self.words.of(&progress));
        }
        let notice = |view: &View| view.notice.as_ref().map(|notice| notice.text.clone());
        if self.view.as_ref().and_then(notice) != notice(view) {
            let text = view.notice.as_ref().map(|notice| footer::notice_text(notice, &self.words)).unwrap_or_default();
            dom::set_text(&self.said, &text);
        }
    }

    /// Whoever had the focus keeps it; if it is gone, the headline is where to read on.
    fn keep_focus(&self, before: Option<Element>) {
        let Some(before) = before.filter(|element| self.main.contains(Some(element)) || !element.is_connected()) else { return };
        if !dom::is_shown(&before) {
            dom::focus(&self.header.headline);
        } else if self.page.active_element().as_ref() != Some(&before) {
            dom::focus(&before);
        }
    }

    /// A second has passed.
    pub(super) fn tick(&mut self) {
        let now = time::now();
        self.header.tick(&self.words, now);
        self.recovery_alerts.tick(&self.words, now);
        self.footer.tick(self.view.as_ref(), now);
        let depends = |view: &&View| view.wait_until.is_some() || view.cards.iter().any(|card| card.until.is_some());
        if let Some(view) = self.view.as_ref().filter(depends) {
            let situation = Situation::of(view, &self.words, now);
            situation.dress_check(&self.check, &self.check_label);
            self.cards.tick(view, &situation);
        }
        if let Some(flash) = self.flash.take_if(|flash| now.0 >= flash.since.0 + 1500) {
            flash.end();
            // The same said again would be no change, and not be heard.
            dom::set_text(&self.said, "");
        }
    }

    /// Shows the report, or writes it anew when its ticks were changed.
    pub(super) fn write_report(&self) {
        if let Some(view) = &self.view {
            if self.report.is_open() {
                self.report.write(view, &self.words);
            } else {
                self.report.open(view, &self.words);
            }
        }
    }

    /// What the button with this number on the card of this fix does.
    pub(super) fn act(&self, fix: &str, index: usize) -> Option<Act> {
        let card = self.view.as_ref()?.cards.iter().find(|card| card.fix.name() == fix)?;
        card.buttons.get(index).map(|button| button.act.clone())
    }

    /// Says something for a while, to the eye and to the ear.
    pub(super) fn say(&mut self, text: &str, tone: Tone) {
        self.footer.say(text, tone, time::now());
        dom::set_text(&self.said, text);
    }

    /// The same, until the next view.
    fn keep_saying(&mut self, text: &str) {
        self.footer.keep_saying(text, Tone::Alarm);
        dom::set_text(&self.said, text);
    }

    /// Lets a button say for a moment what came of it.
    pub(super) fn flash(&mut self, button: &Element, text: String) {
        if let Some(flash) = self.flash.take() {
            flash.end();
        }
        let label = dom::find(button, ".label").unwrap_or_else(|| button.clone());
        let before = label.text_content().unwrap_or_default();
        dom::set_text(&label, &text);
        dom::set_text(&self.said, &text);
        self.flash = Some(Flash { label, before, text, since: time::now() });
    }

    /// Says that the background cannot be reached, until there is a view again.
    pub(super) fn say_unreachable(&mut self) {
        let text = self.words.of(&keys::problem_background());
        self.keep_saying(&text);
        // What is on show does not go on, as far as anyone can tell.
        dom::set_flag(&self.main, "data-busy", false);
    }
}

/// Two sentences as one text to be read out. The first may end with a mark of its own.
fn sentences(first: &str, second: &str) -> String {
    let mark = if first.ends_with(['.', '…', '?', '!', '。', '？', '！', '।']) { " " } else { ". " };
    [first, mark, second].concat()
}

impl Flash {
    fn end(self) {
        // Unless it was given other words in the meantime.
        if self.label.text_content().as_deref() == Some(&self.text) {
            dom::set_text(&self.label, &self.before);
        }
    }
}
