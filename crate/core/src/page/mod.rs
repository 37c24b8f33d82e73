//! Recognising a refusal from what a browser can see of a page. One recogniser for every source: the content script
//! passes the document's markup, the background a probe's body, the tests a file.
