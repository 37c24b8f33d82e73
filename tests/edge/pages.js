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
  ".md": "text/markdown; charset=utf-8",
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
  #directory;
  /** @type {Map<string, Page> | null} read when the first page is asked for */
  #pages = null;

  /** @param {string} [directory] holds `index.tsv` (file, family, code, status, generation, note) and the files */
  constructor(directory = DIRECTORY) {
    this.#directory = directory;
  }

  /** @returns {string[]} */
  names() {
    return [...this.#all().keys()];
  }

  /**
   * @param {string} name
   * @returns {Page}
   */
  named(name) {
    const page = this.#all().get(name) ?? this.#all().get(`${name}.html`);
    if (!page) throw new Error(`no page "${name}" in tests/pages/index.tsv; there are: ${this.names().join(", ")}`);
    return page;
  }

  /**
   * The first page of a family that comes with this status, in the order of the index.
   * @param {string} family
   * @param {number} status
   * @returns {Page | undefined}
   */
  find(family, status) {
    return [...this.#all().values()].find((page) => page.family === family && page.status === status);
  }

  #all() {
    this.#pages ??= new Map(read(this.#directory).map((page) => [page.name, page]));
    return this.#pages;
  }
}

/**
 * @param {string} directory
 * @returns {Page[]}
 */
function read(directory) {
  const lines = readFileSync(join(directory, "index.tsv"), "utf8").split("\n");
  return lines
    .map((line) => line.split("\t"))
    .filter(([name, family]) => family && name !== "file" && !name.startsWith("#"))
    .map(([name, family, code, status]) => ({
      name,
      family,
      code: Number.parseInt(code, 10) || null,
      status: Number.parseInt(status, 10) || 403,
      contentType: CONTENT_TYPES[/** @type {keyof typeof CONTENT_TYPES} */ (extname(name))] ?? CONTENT_TYPES[".html"],
      text: readFileSync(join(directory, name), "utf8"),
    }));
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
