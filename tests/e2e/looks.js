// Renders every look of the popup from hand-written views, without a background: the finished popup is served over
// loopback with a stand-in for the browser's extension API that pushes one view.
//
// node tests/e2e/looks.js [--extension dist/chrome] [--out target/looks] [--only NAME] [--style light,dark,forced,rtl,zoom,tab]
//   [--language de] [--axe | --check]
//
// `--axe` lets axe-core look at each of them and draws nothing, `--check` does neither. Whatever is wrong is a line on standard error, and the exit
// status is 1. Too wide is always wrong.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { close, findChromium, launch } from "./browser.js";
import { within } from "./deadline.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values: options } = parseArgs({
  options: {
    extension: { type: "string", default: join(root, "dist/chrome") },
    out: { type: "string", default: join(root, "target/looks") },
    only: { type: "string", default: "" },
    style: { type: "string", default: "light,dark,forced,rtl,zoom,tab" },
    language: { type: "string", default: "en" },
    axe: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});
const spoken = async (language) =>
  JSON.parse(await readFile(join(options.extension, `_locales/${language}/messages.json`), "utf8"));
// As browsers do: a message that a language lacks is English.
const messages = { ...(await spoken("en")), ...(await spoken(options.language)) };
const audit = options.axe ? (await import("axe-core")).default : null;
const now = Date.now();

/** A message without a number. @param {string} key @param {string[]} args */
function text(key, ...args) {
  if (!messages[key]) throw new Error(`no message ${key}`);
  return { key, args, count: null };
}

/** A message with a plural form. @param {string} key @param {number} count @param {string[]} args */
function plural(key, count, ...args) {
  if (!messages[`${key}__other`]) throw new Error(`no message ${key}__other`);
  return { key, args, count };
}

const order = (request, needs = []) => ({ order: { request, needs } });
const button = (label, act) => ({ label, act });
const check = (fix) => button(text("button_check"), order({ "check-again": { after: fix } }));
const clear = button(text("button_clear"), order({ clear: "everything" }));
const reset = button(text("button_reset"), order({ clear: "cloudflare-check" }));
const suspects = button(text("button_suspects"), order("turn-off-suspects"));
/** @param {any[]} buttons @param {any} [promise] */
const card = (fix, title, note, body, buttons, promise = null) =>
  ({ fix, outcome: "untried", title, note, body, buttons, promise, until: null, chart: [], incidents: [] });
const byHand = (fix, title, note, body) => card(fix, text(title), text(note), [text(body)], [check(fix)]);

const cards = {
  "cloudflare-check": card("cloudflare-check", text("fix_cloudflare_check"), text("note_stays_in"),
    [text("cloudflare_check_body")], [reset], text("promise_reset")),
  extensions: card("extensions", text("fix_extensions"), plural("suspects", 3), [text("extensions_body")], [suspects],
    text("promise_suspects")),
  "no-suspects": card("extensions", text("fix_extensions"), text("suspects_none"), [text("extensions_body_none")],
    [button(text("button_show_extensions"), "show-extensions"), check("extensions")]),
  vpn: card("vpn", text("fix_vpn"), text("vpn_found", "NordVPN"), [text("vpn_body"), text("vpn_outside")],
    [button(text("button_turn_off", "NordVPN"), order({ switch: { id: "ext1", on: false } })), check("vpn")]),
  "no-vpn": card("vpn", text("fix_vpn"), text("vpn_none"), [text("vpn_body"), text("vpn_outside")], [check("vpn")]),
  "site-data": card("site-data", text("fix_site_data"), text("note_signs_out"), [text("site_data_body")], [clear],
    text("promise_clear")),
  status: card("status", text("fix_status"), text("note_status"), [text("status_body")],
    [button(text("button_status"), { open: "openai-status" })]),
  wait: byHand("wait", "fix_wait", "note_wait", "wait_body"),
  "private-window": card("private-window", text("fix_private_window"), text("note_compare"),
    [text("private_window_body")], [button(text("button_private_window"), "private-window")]),
  connection: byHand("connection", "fix_connection", "note_online", "connection_body"),
  browser: card("browser", text("fix_browser"), text("note_compare"), [text("browser_body")],
    [button(text("button_copy_address"), "copy-address")]),
  router: byHand("router", "fix_router", "note_router", "router_body"),
  clock: card("clock", text("fix_clock"), text("cause_clock"), [text("clock_body")], [check("clock")]),
  owner: card("owner", text("fix_owner"), text("note_owner"), [text("owner_body")],
    [button(text("button_report"), "copy-report"), button(text("button_help"), { open: "openai-help" })]),
};

const causes = (...pairs) => pairs.map(([cause, probability], index) => ({
  cause,
  probability,
  belief: text(index > 0 ? "belief_possible" : probability >= 0.5 ? "belief_most" : "belief_perhaps"),
  title: text(`cause_${cause.replaceAll("-", "_")}`),
}));

function row(index, name, suspicion, remark, more = {}) {
  const id = `ext${index}`;
  return { id, name, icon: null, suspicion, remark, wrong: false, on: true, locked: false, busy: false, pinned: false, may_pin: true, ...more };
}

const icon = "../icons/32.png";
const first = [
  row(0, "Header Tweaker", "strong", text("reason_headers")),
  row(1, "NordVPN", "strong", text("reason_address"), { icon }),
  row(2, "uBlock Origin", "medium", text("reason_rewrites"), { icon: "../icons/none.png" }),
  row(3, "1Password", "weak", text("reason_reaches"), { icon }),
  row(4, "Grammarly", "weak", text("reason_reaches")),
  row(5, "Dark Reader", "weak", text("reason_reaches")),
  row(6, "Google Docs Offline", "none", null),
];
const many = (count) => [
  ...first,
  ...Array.from({ length: count - first.length }, (_, index) => row(index + first.length,
    `${["Tab", "Note", "Price", "Video", "Mail", "Color", "Über", "翻訳"][index % 8]} Companion ${index + 8}`,
    "none", null, { on: index % 5 !== 4 })),
];
const extensions = (rows, more = {}) =>
  ({ rows, on: rows.filter((row) => row.on).length, problem: null, can_switch: true, pinned: [], ...more });

const nothing = {
  phase: "clear", tone: "calm", headline: text("headline_clear"), detail: null, code: null, facts: null, why: null, helped: null,
  causes: [], cards: [], leads: false, offers_cause: false, stoppable: false, manual: null, held: false, culprits: [], cleared: false, notice: null, shown: {}, wait_until: null, allow: [], extensions: extensions(many(25)),
  put_back: 0, report: [], recovery_alerts: [], watch: [],
};
const line = (name, value, words, privacy = "open") => ({ name, value, text: words, privacy });
const report = [
  line("site", "chatgpt.com", text("report_site", "chatgpt.com")),
  line("error", "1020", text("report_code", "1020")),
  line("page", "cloudflare-1xxx", text("report_family", "cloudflare-1xxx")),
  line("ray_id", "8f2c0123456789ab", text("report_ray", "8f2c0123456789ab")),
  line("data_center", "FRA", text("report_colo", "FRA")),
  line("with_cookies", "opened", text("report_experiment", "with cookies", "opened")),
  line("tried_vpn", "did not help", text("report_fix", "vpn", "did not help")),
  line("address", "203.0.113.7", text("report_address", "203.0.113.7"), "address"),
  line("extensions", "Header Tweaker", text("report_extensions", "Header Tweaker"), "extensions"),
];
const answered = {
  ...nothing,
  phase: "answered", tone: "alarm", headline: text("headline_refused", "chatgpt.com"), code: 1020,
  facts: { label: text("fact_code", "1020"), ray_id: text("fact_ray", "8f2c0123456789ab"), seen: now - 125_000 },
  why: text("why_suspect", "Header Tweaker"),
  causes: causes(["extension", 0.57], ["vpn", 0.14], ["site-data", 0.09], ["address", 0.08], ["owner-rule", 0.04],
    ["browser-signature", 0.03], ["region", 0.02], ["rate-limit", 0.01], ["connection", 0.01], ["service-down", 0.006],
    ["account", 0.004]),
  cards: ["extensions", "cloudflare-check", "vpn", "site-data", "status", "private-window", "connection", "browser",
    "router", "owner"].map((name) => cards[name]),
  leads: true,
  report,
};
const leading = (name, others = []) =>
  [name, ...others, ...answered.cards.map((card) => card.fix)].filter((fix, index, all) =>
    all.findIndex((other) => cards[other].fix === cards[fix].fix) === index).map((fix) => cards[fix]);
const tried = (view, outcomes) =>
  ({ ...view, cards: view.cards.map((card) => ({ ...card, outcome: outcomes[card.fix] ?? card.outcome })) });
const tools = [cards["site-data"], cards["cloudflare-check"]];
/** @param {number | null} [undo_until] */
const notice = (texts, tone, running = false, undo_until = null) => ({ text: texts, tone, running, undo_until });
const cleared = [plural("cleared_cookies", 14), plural("cleared_stored", 3), text("cleared_checked")];

const pin = (row) => ({ ...row, pinned: true, remark: text("row_pinned") });
/** @param {string | null} [icon] */
const culprit = (letter, name, remark, off, icon = null) => ({
  id: letter.repeat(32), name, icon, remark: text(remark),
  buttons: [...(off ? ["button_keep_off", "button_turn_on"] : []), "button_limit"].map((key) => button(text(key), "show-extensions")),
});
const interrupted = {
  ...answered,
  cards: [
    card("extensions", text("fix_extensions"), text("note_interrupted"), [text("extensions_body_go_on", "3")],
      [button(text("button_go_on"), order("go-on")), button(text("button_find"), order("find-extension"))], text("promise_find")),
    ...answered.cards.slice(1),
  ],
};

const reading = [
  button(text("button_status_check"), order("check-status")),
  button(text("button_status"), { open: "openai-status" }),
  button(text("button_downdetector"), { open: "downdetector" }),
];

const looks = {
  first: null,
  looking: { ...nothing, phase: "looking", headline: text("headline_looking"), extensions: null },
  answered,
  "no-suspects": {
    ...answered,
    why: text("hint_rule"),
    causes: causes(["vpn", 0.26], ["site-data", 0.21], ["address", 0.21], ["owner-rule", 0.1]),
    cards: leading("cloudflare-check", ["no-vpn", "no-suspects"]),
    extensions: extensions(first.slice(4)),
  },
  "site-data": {
    ...answered,
    why: text("hint_oversized"),
    causes: causes(["site-data", 0.46], ["service-down", 0.38]),
    cards: leading("site-data"),
  },
  vpn: { ...answered, why: text("why_proxy", "NordVPN"), causes: causes(["vpn", 0.64], ["address", 0.2]),
    cards: leading("vpn") },
  "vpn-several": { ...answered, why: text("why_zone", "NL"), causes: causes(["vpn", 0.64], ["address", 0.2]),
    cards: [{ ...cards.vpn, note: plural("vpn_found_several", 2),       buttons: [button(text("button_turn_off", "NordVPN"), "show-extensions"),
        button(text("button_turn_off", "Browsec"), "show-extensions"),
        button(text("button_vpn"), order({ await: "vpn" })), check("vpn")] },
    ...answered.cards.filter((card) => card.fix !== "vpn")] },
  router: { ...answered, why: text("why_refused"), causes: causes(["address", 0.71], ["vpn", 0.12]),
    cards: [{ ...cards.router, body: [text("router_body"), text("router_other_network"),
      text("router_now", "203.0.113.7", "DE", "FRA")],
    buttons: [button(text("button_router"), order({ await: "router" })), check("router")] },
    ...answered.cards.filter((card) => card.fix !== "router")] },
  awaiting: { ...answered, why: text("why_refused"), causes: causes(["address", 0.71], ["vpn", 0.12]),
    cards: [{ ...cards.router, outcome: "running", until: now + 581_000, body: [text("awaits_router")],
      buttons: [check("router"), button(text("button_stop_waiting"), order("stop-waiting"))] },
    ...answered.cards.filter((card) => card.fix !== "router")] },
  comparing: { ...answered,
    cards: [{ ...cards["private-window"], body: [text("compare_question")],
      buttons: [button(text("button_opened"), "show-extensions"), button(text("button_not_opened"), "show-extensions"),
        button(text("button_private_window"), "private-window")] },
    ...answered.cards.filter((card) => card.fix !== "private-window")] },
  connection: { ...answered, why: text("why_unsteady"), causes: causes(["connection", 0.61], ["vpn", 0.12]),
    cards: [{ ...cards.connection, note: text("connection_unsteady"), chart: [310, 60, null, 420, 80, 390],
      body: [text("connection_said_unsteady", "80", "332"), text("throughput_fair")],
      buttons: [button(text("button_connection"), order("time-connection")), check("connection")] },
    ...answered.cards.filter((card) => card.fix !== "connection")] },
  outage: { ...answered, why: text("why_incident", "Elevated error rates on ChatGPT"),
    causes: causes(["service-down", 0.78], ["vpn", 0.07]),
    cards: [{ ...cards.status, note: text("status_troubled"), body: [text("status_said_troubled")],
      incidents: [{ title: "Elevated error rates on ChatGPT", since: now - 2_700_000,
        link: "https://status.openai.com/incidents/1" }],
      buttons: [button(text("button_tell"), "tell-when-back"), ...reading] },
    ...answered.cards.filter((card) => card.fix !== "status")] },
  waited: { ...answered, headline: text("headline_service", "chatgpt.com"), why: text("hint_service"),
    causes: causes(["service-down", 0.78], ["vpn", 0.07]),
    cards: [{ ...cards.status, note: text("status_troubled"),
      body: [text("status_said_troubled"), text("lookout_body"), text("lookout_badge")], buttons: reading },
    ...answered.cards.filter((card) => card.fix !== "status")],
    recovery_alerts: [{ host: "chatgpt.com", next: now + 170_000 }, { host: "shop.example", next: null }] },
  inside: { ...answered, headline: text("headline_inside", "chatgpt.com") },
  loop: {
    ...answered,
    headline: text("headline_loop", "chatgpt.com"), code: null, why: text("hint_loop"),
    facts: { ...answered.facts, label: text("fact_blocked") },
    causes: causes(["site-data", 0.46], ["extension", 0.32], ["browser-signature", 0.12]), cards: leading("cloudflare-check"),
  },
  clock: {
    ...answered,
    headline: text("headline_loop", "chatgpt.com"), code: null, why: text("clock_ahead", "3:05"),
    facts: { ...answered.facts, label: text("fact_blocked") },
    causes: causes(["clock", 0.81], ["site-data", 0.08]), cards: leading("clock"),
  },
  "other-site": { ...answered, headline: text("headline_refused", "www.shop.example"), why: text("hint_rule"),
    cards: [{ ...cards["site-data"], title: text("fix_site_data_other", "shop.example"), promise: null,
      body: [text("site_data_body_domain", "shop.example", "www.shop.example")],
      buttons: [button(text("button_clear_other"), order({ clear: "everything" }))] },
    ...answered.cards.filter((card) => card.fix !== "site-data")],
    watch: ["https://*.shop.example/*"] },
  stuck: { ...tried({ ...answered, cards: leading("owner") }, { extensions: "no-help", vpn: "no-help", "site-data": "no-help",
    "cloudflare-check": "no-help", router: "no-help" }), phase: "stuck", headline: text("headline_stuck"),
  detail: text("detail_stuck"), causes: causes(["owner-rule", 0.74], ["address", 0.12]) },
  limited: {
    ...answered,
    headline: text("headline_limited", "chatgpt.com"), code: 1015, why: text("hint_limited"),
    facts: { ...answered.facts, label: text("fact_code", "1015") },
    causes: causes(["rate-limit", 0.76], ["vpn", 0.07]),
    cards: leading("wait"), wait_until: now + 25_000,
  },
  region: {
    ...answered,
    headline: text("headline_region", "chatgpt.com"), code: null, why: text("hint_region"),
    facts: { label: text("fact_blocked"), ray_id: null, seen: now - 5000 },
    causes: causes(["region", 0.74], ["vpn", 0.22]), cards: leading("owner", ["no-vpn"]),
  },
  unfolded: answered,
  told: answered,
  checking: {
    ...tried(answered, { extensions: "running" }),
    phase: "looking", tone: "calm", headline: text("headline_checking", "chatgpt.com"), put_back: 3,
  },
  failed: {
    ...tried({ ...answered, cards: [...answered.cards.slice(1), answered.cards[0]] },
      { extensions: "no-help", vpn: "helped" }),
    put_back: 3,
  },
  clearing: {
    ...tried(answered, { "site-data": "running" }),
    notice: notice([text("clearing_removing")], "calm", true),
  },
  cleared: {
    ...tried(answered, { "site-data": "no-help" }),
    notice: notice(cleared, "good", false, now + 581_000), put_back: 1,
  },
  "not-cleared": {
    ...answered,
    notice: notice([text("clearing_failed", "Can't clear data of this origin")], "alarm"),
  },
  done: {
    ...nothing,
    phase: "done", tone: "good", headline: text("headline_open", "chatgpt.com"), detail: text("helped_extensions"),
    code: 1020, facts: answered.facts, report, put_back: 3,
    extensions: extensions(many(25).map((row, index) =>
      index < 3 ? { ...row, on: false, remark: text("row_off_by_us") } : row)),
  },
  hand: {
    ...nothing,
    phase: "searching", headline: plural("headline_hand", 3), detail: text("search_progress", "1", "6", "8", "8"), code: 1020,
    facts: answered.facts, report, stoppable: true,
    manual: {
      title: text("hand_search"), hint: text("hand_hint"),
      toggles: many(8).slice(0, 3).map(({ id, name, icon }) => ({ id, name, icon, on: false, remark: text("hand_off") })),
    },
    extensions: { ...extensions(many(8).map((row) => ({ ...row, locked: true }))), can_switch: false },
  },
  searching: {
    ...nothing,
    phase: "searching", headline: text("headline_searching"), detail: text("search_progress", "2", "5", "3", "25"), code: 1020,
    facts: answered.facts, report, stoppable: true,
    extensions: extensions(many(25).map((row, index) => ({
      ...row, locked: true, ...(index % 3 ? { on: false, remark: text("row_off_by_us") } : {}),
    }))),
  },
  found: {
    ...nothing,
    phase: "found", tone: "good", headline: text("headline_found", "Header Tweaker"), detail: text("detail_found"), code: 1020,
    facts: answered.facts, report, put_back: 1,
    culprits: [culprit("a", "Header Tweaker", "culprit_off", true)],
  },
  "found-several": {
    ...nothing,
    phase: "found", tone: "good", headline: text("headline_found_several"), detail: text("detail_found"), code: 1020,
    facts: answered.facts, report, put_back: 2,
    culprits: [culprit("a", "Header Tweaker", "culprit_off", true), culprit("b", "NordVPN", "culprit_off", true, icon)],
  },
  "found-pair": {
    ...nothing,
    phase: "found", tone: "good", headline: text("headline_found_together"), detail: text("detail_found"), code: 1020,
    facts: answered.facts, report, put_back: 1,
    culprits: [culprit("a", "Header Tweaker", "culprit_together_off", true),
      culprit("b", "The best free unlimited video downloader and converter for every site in the world", "culprit_together_on", false, icon)],
  },
  unclear: {
    ...interrupted, phase: "stuck", tone: "calm", headline: text("headline_unclear"), detail: text("detail_offline"),
  },
  flaky: {
    ...answered, phase: "stuck", tone: "calm", headline: text("headline_flaky"), detail: text("detail_flaky"),
  },
  interrupted,
  elsewhere: {
    ...answered, detail: text("detail_elsewhere"), stoppable: true, held: true,
    extensions: extensions(many(25).map((row) => ({ ...row, locked: true }))),
  },
  "innocent-others": {
    ...answered, phase: "stuck", tone: "calm", headline: text("headline_innocent_others"),
    detail: text("detail_innocent_others", "1Password, Company Guard"),
    extensions: extensions(many(25).map((row) => (row.name === "1Password" ? pin(row) : row))),
  },
  pinned: {
    ...nothing, detail: text("detail_clear"),
    extensions: extensions(many(12).map((row, index) => (index % 3 === 1 ? pin(row) : row))),
  },
  unsuspected: {
    ...nothing, detail: text("detail_clear"),
    extensions: extensions(many(3).map((row) => ({ ...row, suspicion: "none", remark: null }))),
  },
  innocent: {
    ...answered, phase: "stuck", tone: "calm", headline: text("headline_innocent"), detail: text("detail_innocent"), cleared: true,
  },
  clear: { ...nothing, detail: text("detail_clear"), cards: tools },
  "clear-few": { ...nothing, detail: text("detail_clear"), cards: tools, extensions: extensions([],
    { problem: text("extensions_none") }) },
  challenge: { ...nothing, headline: text("headline_challenge", "chatgpt.com"), detail: text("detail_challenge") },
  offline: { ...nothing, tone: "alarm", headline: text("headline_offline"), detail: text("detail_offline") },
  unloaded: { ...nothing, tone: "alarm", headline: text("headline_unloaded"), detail: text("detail_unloaded"),
    cards: tools },
  unreadable: { ...nothing, headline: text("headline_unreadable"), detail: text("detail_unreadable"), cards: tools },
  allow: { ...nothing, tone: "alarm", headline: text("headline_allow"), detail: text("detail_allow"),
    allow: ["https://*.chatgpt.com/*", "https://*.openai.com/*"] },
  rows: {
    ...nothing, detail: text("detail_clear"), put_back: 1,
    extensions: extensions([
      row(0, "Header Tweaker", "strong", text("row_failed", "Extension ‘Header Tweaker’ cannot be modified by user."),
        { wrong: true }),
      row(1, "NordVPN", "strong", text("reason_address"), { busy: true }),
      row(2, "Company Guard", "medium", text("lock_policy"), { locked: true }),
      row(3, "Coupon Finder", "none", text("lock_permissions"), { on: false, locked: true }),
      row(4, "Old Reader", "none", text("lock_browser"), { on: false, locked: true }),
      row(5, "Dark Reader", "weak", text("row_off_by_us"), { on: false }),
    ]),
  },
  "by-hand": { ...answered, extensions: extensions(first.map((row) => ({ ...row, locked: true })),
    { can_switch: false }) },
  "no-list": { ...answered, extensions: extensions([], { problem: text("extensions_failed", "Unexpected error") }) },
  "400": { ...answered, extensions: extensions(many(400)) },
  long: {
    ...answered,
    headline: text("headline_refused", "donaudampfschifffahrtsgesellschaft.intranet.example.org"),
    why: text("why_suspect", "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"),
    cards: [{ ...cards.vpn, note: text("vpn_found", "Rindfleischetikettierungsüberwachungsaufgaben"),
      buttons: [button(text("button_turn_off", "Rindfleischetikettierungsüberwachungsaufgaben"), "show-extensions")] },
    ...answered.cards.filter((card) => card.fix !== "vpn")],
    extensions: extensions([
      row(0, "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", "strong", text("row_failed",
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"), { wrong: true }),
      row(1, "The best free unlimited video downloader and converter for every site in the world", "medium",
        text("reason_rewrites")),
      row(2, "W".repeat(70), "none", null),
    ]),
    put_back: 12,
  },
};

/** @param {number | null} [at] @param {object[]} [more] */
const option = (label, remark, control, at = null, more = []) => ({ label, remark, at, more, control });
/** @param {object | null} [act] */
const toggle = (on, act = { order: "put-back" }) => ({ switch: { on, act } });
const rows = [
  option({ text: text("setting_banner") }, text("setting_banner_body"), toggle(true)),
  option({ text: text("setting_ask") }, text("setting_ask_body"), toggle(false)),
];
const all = option({ text: text("site_all") }, text("site_all_body"), toggle(false, { grant: ["https://*/*"] }));
const site = (name) => option({ name }, null, { button: { label: text("button_remove"), act: { revoke: [name] } } });
Object.assign(looks, {
  options: {
    groups: [{ name: "settings", rows }, { name: "sites", rows: [all] }, { name: "pins", rows: [] }, { name: "policy", rows: [] }],
    put_back: 0, said: null, backup: "{}",
  },
  "options-full": {
    groups: [
      { name: "settings", rows: [option({ text: text("setting_banner") }, text("policy_title"), toggle(false, null)), rows[1]] },
      { name: "sites", rows: [
        all,
        option({ name: "intranet.example" }, text("site_wanted"),
          { button: { label: text("button_allow"), act: { grant: ["https://*.intranet.example/*"] } } }),
        site("donaudampfschifffahrtsgesellschaft.intranet.example.org"), site("example.org"),
      ] },
      { name: "pins", rows: [option({ name: "1Password" }, null, { button: { label: text("button_unpin"), act: { order: "put-back" } } })] },
      { name: "policy", rows: [
        option({ name: "Company Guard" }, text("policy_kept"), "nothing"),
        option({ name: "corp.example" }, text("policy_protected"), "nothing"),
        option({ text: text("fix_router") }, text("policy_hidden"), "nothing"),
        option({ name: "helpdesk@corp.example" }, text("policy_contact"), "nothing"),
        option({ name: "rooter" }, text("policy_unread"), "nothing"),
      ] },
    ],
    put_back: 3, said: notice([plural("leaving_stuck", 2)], "alarm"), backup: "{}",
  },
  "options-history": {
    groups: [
      { name: "settings", rows }, { name: "sites", rows: [all] }, { name: "pins", rows: [] },
      { name: "history", rows: [
        option({ name: "chatgpt.com" }, text("fact_code", "1020"), "nothing", now - 125_000),
        option({ name: "chatgpt.com" }, text("fact_code", "1020"), "nothing", now - 86_400_000,
          [text("was_extension", "Header Tweaker"), text("fix_extensions"), text("outcome_helped")]),
        option({ name: "chat.openai.com" }, text("fact_blocked"), "nothing", now - 3 * 86_400_000,
          [text("cause_site_data"), text("fix_cloudflare_check"), text("outcome_helped")]),
        ...Array.from({ length: 97 }, (_, index) => option({ name: "chatgpt.com" }, text("fact_code", "1015"), "nothing",
          now - (4 + index) * 86_400_000, [text("cause_rate_limit"), text("fix_wait"), text("outcome_helped")])),
      ] },
      { name: "policy", rows: [] },
    ],
    put_back: 0, said: null, backup: "{}",
  },
  remembered: {
    ...answered, why: text("why_before"), helped: { fix: text("fix_site_data"), times: 2 },
    causes: causes(["site-data", 0.46], ["extension", 0.18]), cards: leading("cloudflare-check"),
  },
  again: {
    ...answered, why: text("started_on", "Header Tweaker"), helped: { fix: text("fix_extensions"), times: 1 },
    causes: causes(["extension", 0.87], ["vpn", 0.04]),
    cards: [
      card("extensions", text("fix_extensions"), text("was_extension", "Header Tweaker"), [],
        [button(text("button_turn_off", "Header Tweaker"), order({ "turn-off": { id: "ext0" } })),
          suspects, button(text("button_find"), order("find-extension"))], text("promise_suspects")),
      ...answered.cards.slice(1),
    ],
  },
  "again-pinned": {
    ...answered, why: text("started_update", "Header Tweaker"), causes: causes(["extension", 0.87], ["vpn", 0.04]),
    cards: [
      card("extensions", text("fix_extensions"), text("row_pinned"), [],
        [button(text("button_show_extensions"), "show-extensions"), button(text("button_find"), order("find-extension"))]),
      ...answered.cards.slice(1),
    ],
  },
  "not-asked": { ...answered, offers_cause: true, detail: text("detail_not_asked") },
});

/** What a look needs beyond its view. */
const gestures = {
  unfolded: async (page) => {
    for (const fix of ["vpn", "site-data", "owner"]) await page.click(`[data-fix=${fix}] .toggle`);
    await page.click("#others summary");
    await page.$eval("#others", (others) => others.scrollIntoView({ block: "center" }));
  },
  told: (page) => page.click(".about summary"),
  long: (page) => page.$eval(".pane", (pane) => pane.scrollTo(0, 330)),
  400: async (page) => {
    await page.type("#search", "über");
    await page.$eval("#extensions", (section) => section.scrollIntoView());
  },
  // Of one that was a suspect a moment ago nothing of it is said any more.
  unsuspected: async (page) => {
    await page.evaluate((...views) => views.forEach((view) => globalThis.push(view)), whole.pinned, whole.unsuspected);
    const said = await page.$$eval(".row", (rows) => rows.map(({ dataset, children: [, { textContent }] }) => [dataset.suspect, textContent.trim()]));
    assert.deepEqual(said.slice(0, 3), ["Header Tweaker", "NordVPN", "uBlock Origin"].map((name) => ["none", name]));
  },
};

/** What sticks out at either side, or is cut off where it should not be. Runs in the page. */
function tooWide() {
  const found = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
  for (const element of document.querySelectorAll("main *")) {
    const { left, right, width } = element.getBoundingClientRect();
    if (width > 0 && !element.closest(".unseen, #fact-ray, .face") && (left < -1 || right > innerWidth + 1)) {
      found.push(element.outerHTML.slice(0, 120));
    }
  }
  return found;
}

/** Stands in for the browser's extension API, and stops the clock. Runs in the page. */
function standIn(view, messages, direction, now, language) {
  Date.now = () => now;
  const message = (key, args = []) => {
    if (key === "@@ui_locale") return language;
    if (key === "@@bidi_dir") return direction;
    const { message = "", placeholders = {} } = messages[key] ?? {};
    return message.replace(/\$(\w+)\$/g, (_, name) =>
      args[Number(placeholders[name.toLowerCase()]?.content.slice(1)) - 1] ?? "");
  };
  let number = 0;
  const connect = ({ name }) => {
    const heard = [];
    const say = (message) => heard.forEach((listener) => listener(message));
    const port = {
      name,
      onMessage: { addListener: (listener) => heard.push(listener) },
      onDisconnect: { addListener: (listener) => globalThis.lost.push(listener) },
      postMessage: (message) => queueMicrotask(() => say(message.ask ? "here" : { taken: message.order.id })),
      disconnect() {},
    };
    globalThis.push = (view) => {
      number += 1;
      say({ view: { number, view } });
    };
    if (view) queueMicrotask(() => globalThis.push(view));
    return port;
  };
  globalThis.lost = [];
  globalThis.chrome = /** @type {any} */ ({
    i18n: { getMessage: message, getUILanguage: () => "en" },
    runtime: { id: "readmit", connect },
    tabs: {
      query: async () => [{ id: 7, windowId: 1 }],
      get: async () => ({ id: 7, windowId: 1, url: "https://chatgpt.com/" }),
      create: async () => ({}),
    },
    permissions: { request: async () => false },
    windows: { create: async () => ({}) },
  });
}

const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".wasm": "application/wasm",
  ".png": "image/png", ".json": "application/json" };
const manifest = JSON.parse(await readFile(join(options.extension, "manifest.json"), "utf8"));

/** The extension's files under its own policy. */
const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname).split(sep).join("/");
  const headers = {
    "content-type": TYPES[extname(path)] ?? "text/plain",
    "content-security-policy": manifest.content_security_policy.extension_pages,
  };
  const file = await readFile(join(options.extension, path)).catch(() => null);
  response.writeHead(file ? 200 : 404, headers).end(file);
});
await within("the server to listen", new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(null))));
const address = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
const isRightToLeft = options.language === "ar";

/** The rules of axe whose answer depends on where things lie. All others see the same page as in the light. */
const LAYOUT = ["target-size", "scrollable-region-focusable"];

/** `rules`: those of axe that can find something there which they do not find in the light; all of them where none are named. */
const styles = {
  light: { size: [380, 600], features: [["prefers-color-scheme", "light"]] },
  // Only its colors differ from the light, where the very same page has been audited.
  dark: { size: [380, 600], features: [["prefers-color-scheme", "dark"]], rules: ["color-contrast"] },
  // What forced colors make of ours is the system's, and axe cannot see it.
  forced: { size: [380, 600], features: [["forced-colors", "active"], ["prefers-color-scheme", "dark"]], rules: [] },
  rtl: { size: [380, 600], direction: "rtl", rules: LAYOUT },
  // Twice as large, in the largest window that browsers give a popup.
  zoom: { size: [380, 300], rules: LAYOUT },
  tab: { size: [900, 800], search: "?tab=7" },
};

/** What a page has to be loaded anew for; in the rest a loaded one is shown one after the other. */
const loads = new Map();
for (const name of options.style.split(",")) {
  const style = { name, features: [], direction: isRightToLeft ? "rtl" : "ltr", search: "", ...styles[name] };
  const load = `${style.direction} ${style.search}`;
  loads.set(load, [...(loads.get(load) ?? []), style]);
}

await mkdir(options.out, { recursive: true });
let wrong = 0;
/** As the background would send them: with everything that they leave out. */
const whole = JSON.parse(
  execFileSync("cargo", ["xtask", "view"], {
    input: JSON.stringify(looks),
    cwd: dirname(fileURLToPath(new URL("..", import.meta.url))),
    timeout: 600_000,
  }).toString(),
);
const names = Object.keys(looks).filter((name) => !options.only || options.only.split(",").includes(name));
const left = [...loads].flatMap(([load, shown]) => names.map((name) => ({ name, load, shown })));
/** Pictures are taken of pages that show nothing else before; whatever only looks for faults takes over the page of the look before. */
const draws = !options.axe && !options.check;

/** Shows what is left, one after the other, in a browser of its own: two of them share the work. */
async function show() {
  const browser = await launch({ executablePath: findChromium(), pipe: true, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  try {
    const [page] = await browser.pages();
    let current = "";
    const complain = (text) => {
      wrong += 1;
      console.error(`${current}: ${text}`);
    };
    page.on("pageerror", (/** @type {any} */ error) => complain(error.message));
    page.on("console", (line) => /error|warn/.test(line.type()) && !/404/.test(line.text()) && complain(line.text()));
    const session = await page.createCDPSession();
    if (audit) await page.evaluateOnNewDocument(audit.source);
    /** The load whose page can show the next look as well. */
    let open = "";
    for (let one = left.shift(); one; one = left.shift()) {
      const { name, load, shown: [first, ...others] } = one;
      current = `${name} (${first.name})`;
      await dress(page, session, first);
      const canFollow = isPopup(name) && looks[name] && !gestures[name];
      if (!draws && canFollow && open === load) {
        await page.evaluate((view) => globalThis.push(view), whole[name]);
        await shown(page, name);
      } else {
        await loadAnew(page, name, first);
      }
      open = canFollow ? load : "";
      await inspect(page, name, first, complain);
      for (const style of others) {
        current = `${name} (${style.name})`;
        await dress(page, session, style);
        await inspect(page, name, style, complain);
      }
    }
  } finally {
    await close(browser);
  }
}

/** Gives the page a style's size and colors. */
async function dress(page, session, { size: [width, height], features }) {
  // No style is looked at on the way from the one before.
  const all = [...features, ["prefers-reduced-motion", "reduce"]];
  await session.send("Emulation.setEmulatedMedia", { features: all.map(([name, value]) => ({ name, value })) });
  // Only in a picture do finer dots show anything.
  await page.setViewport({ width, height, deviceScaleFactor: draws ? 2 : 1 });
}

const isPopup = (/** @type {string} */ name) => !name.startsWith("options");

async function loadAnew(page, name, { direction, search }) {
  // A page that is loaded over itself would keep where it was scrolled to.
  await page.goto("about:blank");
  const { identifier } = await page.evaluateOnNewDocument(standIn, whole[name], messages, direction, now, options.language);
  await page.goto(address + (isPopup(name) ? `/popup/popup.html${search}` : "/options.html"));
  await page.removeScriptToEvaluateOnNewDocument(identifier);
  // The loader listens first, and then the module.
  await page.waitForFunction(() => globalThis.lost.length > 1);
  await shown(page, name);
  await gestures[name]?.(page);
}

/** Waits until the look is there. */
async function shown(page, name) {
  const view = looks[name];
  if (!isPopup(name)) await page.waitForSelector("[data-row]");
  if (view?.phase) await page.waitForSelector(`main[data-phase="${view.phase}"]`);
  if (view?.extensions) await page.waitForSelector("#waiting[hidden]");
}

async function inspect(page, name, style, complain) {
  for (const wide of await page.evaluate(tooWide)) complain(`is too wide: ${wide}`);
  if (audit) {
    if (style.rules?.length === 0) return;
    // There is nothing to fetch beforehand: the page has no sounds, and no rule that is on reads style sheets.
    const how = { runOnly: style.rules, resultTypes: ["violations"], preload: false };
    const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), how);
    for (const { id, help, nodes } of violations) {
      complain(`${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
    }
  } else if (draws) {
    await page.screenshot({ path: join(options.out, `${name}-${style.name}.png`), fullPage: name.startsWith("options") });
  }
}

try {
  await Promise.all([show(), show()]);
} finally {
  server.close();
}
process.exitCode = wrong > 0 ? 1 : 0;
