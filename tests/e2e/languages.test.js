// The languages: what the check assumes of their plurals is what browsers say, and nothing sticks out in those that are longest,
// that run from right to left, or that are written without spaces.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { complaintsOf } from "./complaint.js";
import test from "./deadline.js";

const LOCALES = new URL("../../extension/_locales/", import.meta.url);
const languages = readdirSync(LOCALES);
const messagesOf = (language) => JSON.parse(readFileSync(new URL(`${language}/messages.json`, LOCALES), "utf8"));

test("each language has exactly the plural forms that its numbers have", () => {
  for (const language of languages) {
    const rules = new Intl.PluralRules(language.replace("_", "-"));
    const wanted = new Set(Array.from({ length: 1000 }, (_, number) => rules.select(number)));
    const found = new Set(Object.keys(messagesOf(language)).filter((key) => key.includes("__")).map((key) => key.split("__")[1]));
    assert.deepEqual([...found].sort(), [...wanted].sort(), language);
    assert.equal(messagesOf(language).language_tag.message, language.replace("_", "-"));
  }
});

test("what stores and toolbars cut off is short enough in each language", () => {
  for (const language of languages) {
    const { extension_description: description, action_title: title } = messagesOf(language);
    assert.ok(description.message.length <= 132, `${language}: ${description.message.length}`);
    assert.ok(title.message.length <= 45, `${language}: ${title.message}`);
  }
});

test("nothing sticks out", async (t) => {
  for (const [language, styles] of /** @type {const} */ ([["de", "light,zoom"], ["ar", "light,zoom"], ["ja", "light,zoom"], ["pseudo", "light,rtl"]])) {
    await t.test(language, async () => assert.deepEqual(await complaintsOf("--check", "--language", language, "--style", styles), []));
  }
});
