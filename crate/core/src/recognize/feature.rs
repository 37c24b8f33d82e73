//! One pass over the markup that collects the features of block pages: which of their elements are where Cloudflare and OpenAI
//! put them, and the short text inside those elements. `classify` decides what the features mean.

use super::ended::Ending;
use super::evidence::{Evidence, EvidenceSet};
use super::excerpt::Excerpt;
use super::field::Code;
use super::html::{Name, Scanner, Tag, Token};

/// The features of one page.
#[derive(Default)]
pub(super) struct Features<'a> {
    pub(super) seen: EvidenceSet,
    /// The document's title. Entities are not decoded.
    pub(super) title: &'a str,
    /// The text inside the block page's own elements. Words are separated by single spaces.
    pub(super) text: Excerpt,
    /// The visitor's IP address, from the element that contains nothing else.
    pub(super) address: Excerpt,
    /// The text of each `pre` that is directly in the body. Browsers create one to display plain text or JSON.
    pub(super) pre: Excerpt,
    /// The options of a challenge, as written in its script.
    pub(super) challenge: &'a str,
    /// What a challenge shows that has ended.
    pub(super) ending: Ending,
    /// The edge's bare page: the text of the last `center` directly in the body.
    pub(super) bare: Excerpt,
    /// The HTTP status in the heading of a bare page.
    pub(super) bare_code: Option<Code>,
    /// The text of the page's headings, `h1` and `h2`.
    pub(super) headings: Excerpt,
    /// All visible text of the page, up to the excerpt's limit.
    pub(super) words: Excerpt,
    /// Does the page have a form, a text area or an article? Error pages have none of these.
    pub(super) has_content: bool,
    pub(super) code: Option<Code>,
    /// The code in the class name of a customized page's error box.
    pub(super) box_code: Option<Code>,
    /// Is the box inside a quotation, an illustration or a code listing?
    pub(super) box_is_quoted: bool,
    /// The number of elements that a block page has only once. If there are more, the page is a gallery of block pages.
    pub(super) roots: u16,
    /// Letters (without white space): of all visible text, and of the text inside the error message, a bare page and `pre`.
    pub(super) visible: usize,
    pub(super) inside: usize,
    pub(super) in_bare: usize,
    pub(super) in_pre: usize,
    /// Letters in long texts outside the error message, without links. An article has many; a menu or a list has none.
    pub(super) prose: usize,
    /// Letters in the parent element of the error box, without those in the box itself.
    pub(super) beside_box: usize,
}

/// In letters. A text between two tags that is shorter than this is a label and not a sentence.
const PROSE_AT_LEAST: usize = 40;

impl<'a> Features<'a> {
    pub(super) fn of(markup: &'a str) -> Self {
        let mut pass = Pass { features: Features::default(), open: Vec::new(), beyond: 0, around_box: None, ended: false };
        let mut scanner = Scanner::new(markup);
        while let Some(token) = scanner.next() {
            match token {
                // A second document after the first is a recording or a quotation. It is not part of this page.
                Token::Start(tag) if tag.name == HTML && pass.ended => break,
                Token::Start(tag) => {
                    if pass.start(&tag) {
                        scanner.expect_no_raw_text();
                    }
                }
                Token::End(HTML) => pass.ended = true,
                Token::End(name) => pass.end(name),
                Token::Text(text) => pass.text(text),
                Token::Raw(name, text) => pass.raw(name, text),
            }
        }
        pass.features
    }

    /// Letters of visible text outside the error message.
    pub(super) const fn outside(&self) -> usize {
        self.visible.saturating_sub(self.inside)
    }
}

/// Flags that an element passes on to everything inside it.
mod role {
    pub(super) const WRAPPER: u32 = 1;
    /// Inside Cloudflare's own page.
    pub(super) const PAGE: u32 = 1 << 1;
    /// Inside the error box of a customized page.
    pub(super) const BOX: u32 = 1 << 2;
    /// Inside the shell of OpenAI's pages.
    pub(super) const SHELL: u32 = 1 << 3;
    /// Inside the message in that shell.
    pub(super) const SAYING: u32 = 1 << 4;
    pub(super) const HEADING: u32 = 1 << 5;
    pub(super) const H1: u32 = 1 << 6;
    pub(super) const CODE: u32 = 1 << 7;
    pub(super) const ADDRESS: u32 = 1 << 8;
    pub(super) const PRE: u32 = 1 << 9;
    /// Inside SVG or `MathML`, where a tag can close itself.
    pub(super) const FOREIGN: u32 = 1 << 10;
    /// Inside a quotation, an illustration or a code listing: the content is an example and not the page's own message.
    pub(super) const QUOTED: u32 = 1 << 11;
    /// Inside a `template`, which is not part of the visible page.
    pub(super) const INERT: u32 = 1 << 12;
    pub(super) const LINK: u32 = 1 << 13;
    /// Inside a `center` of a bare page.
    pub(super) const BARE: u32 = 1 << 14;
    /// Inside the content of a challenge page.
    pub(super) const CHECK: u32 = 1 << 15;
    /// Inside the line in which a challenge says that it has failed.
    pub(super) const FAILURE: u32 = 1 << 16;
    /// Inside an element that is not displayed.
    pub(super) const HIDDEN: u32 = 1 << 17;

    /// The flags that mark the error message's own text.
    pub(super) const REFUSAL: u32 = PAGE | BOX | SAYING;
}

#[derive(Clone, Copy)]
struct Open {
    name: Name,
    /// Its own flags and those of its ancestors.
    roles: u32,
    /// Letters of visible text before this element.
    before: usize,
}

/// Elements nested deeper than this are ignored. No block page is nested that deep, and the limit bounds the search for a start
/// tag.
const DEEPEST: usize = 64;

struct Pass<'a> {
    features: Features<'a>,
    /// The open elements below `body`.
    open: Vec<Open>,
    /// How many more elements are open beyond [`DEEPEST`].
    beyond: usize,
    /// The number of ancestors of the error box, while its parent element is open.
    around_box: Option<usize>,
    /// Was `</html>` seen? Markup can still follow, and browsers treat it as part of the body.
    ended: bool,
}

const A: Name = Name::of("a");
const P: Name = Name::of("p");
const H1: Name = Name::of("h1");
const H2: Name = Name::of("h2");
const LI: Name = Name::of("li");
const UL: Name = Name::of("ul");
const DIV: Name = Name::of("div");
const PRE: Name = Name::of("pre");
const SVG: Name = Name::of("svg");
const HTML: Name = Name::of("html");
const HEAD: Name = Name::of("head");
const BODY: Name = Name::of("body");
const FORM: Name = Name::of("form");
const LINK: Name = Name::of("link");
const MATH: Name = Name::of("math");
const TITLE: Name = Name::of("title");
const ARTICLE: Name = Name::of("article");
const TEXTAREA: Name = Name::of("textarea");
const CENTER: Name = Name::of("center");
const SCRIPT: Name = Name::of("script");
const NOSCRIPT: Name = Name::of("noscript");
const TEMPLATE: Name = Name::of("template");

/// Elements without an end tag.
fn is_void(name: Name) -> bool {
    const VOID: [Name; 13] = [
        Name::of("br"),
        Name::of("hr"),
        Name::of("img"),
        Name::of("link"),
        Name::of("meta"),
        Name::of("base"),
        Name::of("input"),
        Name::of("source"),
        Name::of("wbr"),
        Name::of("col"),
        Name::of("area"),
        Name::of("embed"),
        Name::of("track"),
    ];
    VOID.contains(&name)
}

/// Elements that implicitly end an open paragraph. All others can be inside one.
fn ends_paragraph(name: Name) -> bool {
    const BLOCKS: [Name; 16] = [
        P,
        DIV,
        UL,
        H1,
        H2,
        PRE,
        FORM,
        Name::of("ol"),
        Name::of("h3"),
        Name::of("h4"),
        Name::of("hr"),
        Name::of("main"),
        Name::of("table"),
        Name::of("header"),
        Name::of("footer"),
        Name::of("section"),
    ];
    BLOCKS.contains(&name)
}

/// Elements whose content is an example and not the page's own message.
fn quotes(name: Name) -> bool {
    const QUOTING: [Name; 5] = [PRE, Name::of("code"), Name::of("figure"), Name::of("details"), Name::of("dialog")];
    QUOTING.contains(&name)
}

impl<'a> Pass<'a> {
    fn roles(&self) -> u32 {
        self.open.last().map_or(0, |open| open.roles)
    }

    fn note(&mut self, evidence: Evidence) {
        self.features.seen.note(evidence);
    }

    /// Handles a start tag. Returns `true` if the tag closed itself in SVG, so that no raw text follows although its name
    /// suggests so.
    fn start(&mut self, tag: &Tag<'a>) -> bool {
        if matches!(tag.name, HTML | HEAD) {
            return false;
        }
        if tag.name == BODY {
            self.close(0);
            self.beyond = 0;
            return false;
        }
        if let Some(last) = self.open.last() {
            let implied = last.name == P && ends_paragraph(tag.name) || last.name == LI && tag.name == LI;
            if implied && self.beyond == 0 {
                self.close(self.open.len() - 1);
            }
        }
        let inherited = self.roles();
        let mut roles = inherited;
        if inherited & role::INERT == 0 {
            roles |= self.roles_of(tag, inherited);
        }
        let closed = tag.self_closing && inherited & role::FOREIGN != 0;
        if closed || is_void(tag.name) {
            return closed;
        }
        if self.open.len() < DEEPEST {
            self.open.push(Open { name: tag.name, roles, before: self.features.visible });
        } else {
            self.beyond += 1;
        }
        false
    }

    fn end(&mut self, name: Name) {
        if self.beyond > 0 {
            self.beyond -= 1;
        } else if let Some(place) = self.open.iter().rposition(|open| open.name == name) {
            self.close(place);
        }
    }

    /// Closes the open element at this index, and all elements inside it.
    fn close(&mut self, place: usize) {
        self.open.truncate(place);
        self.around_box = self.around_box.filter(|depth| *depth <= place);
    }

    /// Collects evidence from the tag and returns the flags for its content.
    fn roles_of(&mut self, tag: &Tag<'a>, inherited: u32) -> u32 {
        let at_top = self.open.is_empty();
        let mut roles = match tag.name {
            TEMPLATE => return role::INERT,
            SVG | MATH => role::FOREIGN,
            H1 => role::H1 | role::HEADING,
            H2 => role::HEADING,
            A => role::LINK,
            PRE if at_top => role::PRE,
            CENTER if at_top => {
                self.features.bare.clear();
                role::BARE
            }
            name if quotes(name) => role::QUOTED,
            _ => 0,
        };
        self.features.has_content |= matches!(tag.name, FORM | TEXTAREA | ARTICLE);
        if is_hidden(tag.style) {
            roles |= role::HIDDEN;
        }
        if (inherited | roles) & role::HIDDEN == 0 {
            match tag.name {
                H1 | H2 => self.features.ending.heading.clear(),
                LI if inherited & role::CHECK != 0 => self.features.ending.steps += 1,
                A => self.features.ending.note_link(tag.link),
                _ => {}
            }
        }
        // The details with the Ray ID are siblings of the main wrapper.
        if at_top && self.features.seen.has_any(&[Evidence::MainWrapper, Evidence::BareMainWrapper]) {
            roles |= role::PAGE;
        }
        if !tag.link.is_empty() {
            self.link(tag);
        }
        if !tag.id.is_empty() {
            roles |= self.id(tag.id, inherited);
        }
        if !tag.translate.is_empty() {
            self.translate(tag.translate, inherited);
        }
        if !tag.class.is_empty() {
            roles |= self.class(tag, inherited | roles);
        }
        roles
    }

    fn link(&mut self, tag: &Tag<'a>) {
        if matches!(tag.name, LINK | SCRIPT) && is_openais_asset(tag.link) {
            self.note(Evidence::OpenaiAssets);
        }
        match tag.name {
            LINK if is_edge_style(tag.link) => self.note(Evidence::Stylesheet),
            SCRIPT if tag.link.contains("/cdn-cgi/challenge-platform/") && tag.link.contains("/orchestrate/") => {
                self.note(Evidence::ChallengeScript);
            }
            FORM if tag.id == "challenge-form" && (tag.link.contains("__cf_chl_") || tag.link.contains("/cdn-cgi/l/")) => {
                self.note(Evidence::ChallengeForm);
            }
            FORM if tag.link.contains("/cdn-cgi/phish-bypass") => self.note(Evidence::PhishingBypass),
            _ => {}
        }
    }

    fn id(&mut self, id: &str, inherited: u32) -> u32 {
        let depth = self.open.len();
        match id {
            "cf-wrapper" if depth == 0 => role::WRAPPER,
            "cf-error-details" => {
                self.features.roots = self.features.roots.saturating_add(1);
                if depth == 0 || depth == 1 && inherited & role::WRAPPER != 0 {
                    self.note(Evidence::ErrorDetails);
                    role::PAGE
                } else {
                    0
                }
            }
            "cf-footer-ip" if inherited & role::PAGE != 0 => role::ADDRESS,
            "challenge-error-text" => {
                self.note(Evidence::ChallengeText);
                role::FAILURE
            }
            _ => 0,
        }
    }

    fn translate(&mut self, key: &str, inherited: u32) {
        if inherited & role::PAGE == 0 {
            return;
        }
        match key {
            "error" => self.note(Evidence::ErrorWord),
            "block_headline" | "unable_to_access" => self.note(Evidence::BlockHeadline),
            "dismiss_and_enter" => self.note(Evidence::PhishingBypass),
            "challenge_headline" | "managed_challenge_headline" => self.note(Evidence::ChallengeHeadline),
            _ => {}
        }
    }

    fn class(&mut self, tag: &Tag<'a>, inherited: u32) -> u32 {
        let at_top = self.open.is_empty();
        let mut roles = 0;
        let mut is_box = false;
        let mut box_code = None;
        for class in tag.class.split_ascii_whitespace() {
            roles |= match class {
                "cf-main-wrapper" if at_top => {
                    self.features.roots = self.features.roots.saturating_add(1);
                    self.note(Evidence::MainWrapper);
                    role::PAGE
                }
                "main-wrapper" if at_top => {
                    self.note(Evidence::BareMainWrapper);
                    role::PAGE | role::CHECK
                }
                "main-wrapper" => role::CHECK,
                "cf-error-code" | "cf-code-label" | "code-label" if inherited & role::PAGE != 0 => role::CODE,
                "cf-error-details" => {
                    is_box = true;
                    0
                }
                "cferror_details" if tag.name == UL && inherited & role::BOX != 0 => {
                    self.note(Evidence::ErrorBoxList);
                    0
                }
                "cf-browser-verification" => {
                    self.note(Evidence::BrowserVerification);
                    0
                }
                "container" if at_top => role::SHELL,
                "logo" if inherited & role::SHELL != 0 && self.open.len() == 1 => {
                    self.note(Evidence::OpenaiShell);
                    0
                }
                "blocked-icon" if inherited & role::SHELL != 0 => {
                    self.note(Evidence::BlockedIcon);
                    0
                }
                "explanation" if inherited & role::SHELL != 0 => {
                    self.note(Evidence::Explanation);
                    role::SAYING
                }
                "message" if inherited & role::SHELL != 0 => {
                    self.note(Evidence::Message);
                    role::SAYING
                }
                _ => {
                    box_code = box_code.or_else(|| Code::parse(class.strip_prefix("cf-error-")?));
                    0
                }
            };
        }
        if is_box && box_code.is_some() {
            self.note(Evidence::ErrorBox);
            self.features.roots = self.features.roots.saturating_add(1);
            self.features.box_code = self.features.box_code.or(box_code);
            self.features.box_is_quoted |= inherited & role::QUOTED != 0;
            // The text collected so far belongs to the site's own page around the box.
            self.features.text = Excerpt::default();
            self.features.beside_box = self.features.visible - self.open.last().map_or(0, |parent| parent.before);
            self.around_box = Some(self.open.len());
            roles |= role::BOX;
        }
        roles
    }

    fn text(&mut self, text: &'a str) {
        let roles = self.roles();
        if roles & role::INERT != 0 {
            return;
        }
        let letters = letters(text);
        if letters == 0 {
            return;
        }
        let features = &mut self.features;
        features.visible += letters;
        features.words.push(text);
        if roles & role::PRE != 0 {
            features.in_pre += letters;
            features.pre.push_lines(text);
        }
        if roles & role::HEADING != 0 {
            features.headings.push(text);
        }
        if roles & role::HIDDEN == 0 {
            features.ending.read(text, roles & role::HEADING != 0, roles & role::FAILURE != 0);
        }
        if roles & role::BARE != 0 {
            features.in_bare += letters;
            features.bare.push(text);
            if text.contains("Too Large") {
                features.seen.note(Evidence::TooLarge);
            }
            if roles & role::H1 != 0 {
                features.bare_code = features.bare_code.or_else(|| Code::parse_any(text.split_ascii_whitespace().next()?));
            }
        }
        if roles & role::ADDRESS != 0 {
            features.address.push(text);
        }
        if self.around_box.is_some() && roles & role::BOX == 0 {
            features.beside_box += letters;
        }
        if roles & role::REFUSAL == 0 {
            if roles & role::LINK == 0 && letters >= PROSE_AT_LEAST {
                features.prose += letters;
            }
            return;
        }
        features.inside += letters;
        features.text.push(text);
        let in_headline = roles & role::H1 != 0 && features.seen.has(Evidence::ErrorDetails);
        if features.code.is_none() && roles & role::PAGE != 0 && (roles & role::CODE != 0 || in_headline) {
            features.code = text.split_ascii_whitespace().find_map(Code::parse);
            if features.code.is_some() {
                features.seen.note(Evidence::CodeLabel);
            }
        }
    }

    fn raw(&mut self, name: Name, text: &'a str) {
        let roles = self.roles();
        if roles & role::INERT != 0 {
            return;
        }
        match name {
            TITLE if self.features.title.is_empty() && roles & role::FOREIGN == 0 => self.features.title = text,
            SCRIPT => {
                if let Some(options) = challenge_options(text) {
                    self.note(Evidence::ChallengeOptions);
                    self.features.challenge = options;
                }
            }
            NOSCRIPT if text.contains("\"challenge-error-text\"") => self.note(Evidence::ChallengeText),
            _ => {}
        }
    }
}

/// Does this `style` attribute hide its element?
fn is_hidden(style: &str) -> bool {
    style.contains("display: none") || style.contains("display:none")
}

/// A real error page loads Cloudflare's style sheet from its own host. A copied page loads it from cloudflare.com.
fn is_edge_style(link: &str) -> bool {
    link.split_once("/cdn-cgi/styles/").is_some_and(|(host, _)| !host.contains("cloudflare.com"))
}

fn is_openais_asset(link: &str) -> bool {
    let host = link.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    host.is_some_and(|host| host == "oaistatic.com" || host.ends_with(".oaistatic.com"))
}

/// The number of bytes that are not white space. Counts in `u8` for 255 bytes at a time, so that SIMD can process many bytes at
/// once.
fn letters(text: &str) -> usize {
    let among = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(!byte.is_ascii_whitespace())).sum::<u8>();
    text.as_bytes().chunks(u8::MAX.into()).map(|bytes| usize::from(among(bytes))).sum()
}

/// The value that a script assigns to `_cf_chl_opt`, if the assignment is at the start of the script. A page that only quotes a
/// challenge has the name somewhere later in its data.
fn challenge_options(script: &str) -> Option<&str> {
    const NAME: &str = "_cf_chl_opt";
    let script = script.trim_ascii_start();
    let place = script.find(NAME).filter(|place| place + NAME.len() <= 200)?;
    let options = script.get(place + NAME.len()..)?.trim_ascii_start();
    options.starts_with('=').then_some(options)
}
