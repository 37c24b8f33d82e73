// The refusal pages, read from `tests/pages` and filled with a request's own host, Ray ID, address and data centre.
// No markup lives here: a page the edge should show is a file there, listed in its `index.tsv`.

import { readFileSync } from "node:fs";
import { extname, join } from "node:path";

const DIRECTORY = join(import.meta.dirname, "..", "pages");

/** What the files say in place of the real thing. */
const PLACEHOLDER = {
  host: /blocked\.example/g,
  rayId: /8f2c0123456789ab/g,
  ip: /203\.0\.113\.7(?!\d)/g,
  colo: /\bFRA\b/g,
};

const CONTENT_TYPES = {
  ".html": "text/html; charset=UTF-8",
  ".json": "application/problem+json; charset=utf-8",
  ".txt": "text/plain; charset=UTF-8",
};

/**
 * @typedef {object} Page
 * @property {string} name the file's name, as a rule's `page` gives it (its ending may be left out there)
 * @property {string} family
 * @property {number | null} code
 * @property {number} status the HTTP status it came with
 * @property {string} contentType
 * @property {string} text with its placeholders
 */

/** @typedef {{ host: string, rayId: string, ip: string, colo: string }} Particulars */

export class Pages {
  /** @type {Map<string, Page>} */
  #pages = new Map();

  /** @param {string} [directory] holds `index.tsv` (file, family, code, status, generation, note) and the files */
  constructor(directory = DIRECTORY) {
    for (const line of readFileSync(join(directory, "index.tsv"), "utf8").split("\n")) {
      const [name, family, code, status] = line.split("\t");
      if (!family || name === "file" || name.startsWith("#")) continue;
      this.#pages.set(name, {
        name,
        family,
        code: Number.parseInt(code, 10) || null,
        status: Number.parseInt(status, 10) || 403,
        contentType: CONTENT_TYPES[/** @type {keyof typeof CONTENT_TYPES} */ (extname(name))] ?? CONTENT_TYPES[".html"],
        text: readFileSync(join(directory, name), "utf8"),
      });
    }
  }

  /** @returns {string[]} */
  names() {
    return [...this.#pages.keys()];
  }

  /**
   * @param {string} name
   * @returns {Page}
   */
  named(name) {
    const page = this.#pages.get(name) ?? this.#pages.get(`${name}.html`);
    if (!page) throw new Error(`no page "${name}" in tests/pages/index.tsv; there are: ${this.names().join(", ")}`);
    return page;
  }

  /**
   * The first page of a family, in the order of the index; with a code, the first that bears it.
   * @param {string} family
   * @param {number} [code]
   * @returns {Page | undefined}
   */
  find(family, code) {
    return [...this.#pages.values()].find(
      (page) => page.family === family && (code === undefined || page.code === code),
    );
  }
}

/**
 * @param {Page} page
 * @param {Particulars} particulars
 * @returns {string} the page as this visitor sees it
 */
export function fill(page, { host, rayId, ip, colo }) {
  return page.text
    .replace(PLACEHOLDER.host, () => host)
    .replace(PLACEHOLDER.rayId, () => rayId)
    .replace(PLACEHOLDER.ip, () => ip)
    .replace(PLACEHOLDER.colo, () => colo);
}
