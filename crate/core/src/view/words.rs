//! The parts that cards are made of.

use crate::base::text::{Text, keys};
use crate::diagnosis::fix::Fix;
use crate::protocol::message::PopupRequest;
use crate::view::{Act, Button, IncidentView};

/// The words and buttons of a card.
pub(crate) struct Words {
    pub(crate) title: Text,
    pub(crate) note: Text,
    pub(crate) body: Vec<Text>,
    pub(crate) buttons: Vec<Button>,
    pub(crate) promise: Option<Text>,
    pub(crate) chart: Vec<Option<u32>>,
    pub(crate) incidents: Vec<IncidentView>,
}

impl Words {
    pub(crate) fn new(title: Text, note: Text) -> Self {
        let (body, buttons, chart, incidents) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { title, note, body, buttons, promise: None, chart, incidents }
    }
}

/// A button that reloads the page and shows whether `after` helped.
pub(crate) fn check(after: Fix) -> Button {
    order(keys::button_check(), PopupRequest::CheckAgain { after: Some(after) })
}

/// A button that sends a request to the background.
pub(crate) fn order(label: Text, request: PopupRequest) -> Button {
    act(label, Act::Order { request, needs: Vec::new() })
}

/// Any button.
pub(crate) fn act(label: Text, act: Act) -> Button {
    Button { label, act }
}
