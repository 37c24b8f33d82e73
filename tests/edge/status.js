// The public status pages of OpenAI and Cloudflare in Statuspage's shape, for tests to break as they like.
// https://metastatuspage.com/api is the shape's source; OpenAI's is incident.io speaking the same.

/** @typedef {"operational" | "degraded_performance" | "partial_outage" | "major_outage" | "full_outage"} ComponentStatus */

/**
 * What a test says of a status page; all of it may be left out.
 * @typedef {object} StatusState
 * @property {"ok" | "moved" | "down"} [mode] `moved` answers 200 with HTML, `down` 503
 * @property {"none" | "minor" | "major" | "critical"} [indicator] else the worst component decides
 * @property {string} [description]
 * @property {Record<string, ComponentStatus>} [components] by name; a name not known is added
 * @property {{ name: string, status?: string, impact?: string, components?: string[] }[]} [incidents] unresolved unless
 *   their status says `resolved`
 */

/** Component ids as published; the two named Login are told apart by their id alone. */
const OPENAI_COMPONENTS = [
  { id: "01JMXBNJXGV1T5GT2M9XA83XNG", name: "Conversations" },
  { id: "01JMXBNJXG1S2D9V65P1ZZTD94", name: "Login" },
  { id: "01JMXBRMFE0000000000000001", name: "Search" },
  { id: "01JMXBRMFE0000000000000002", name: "File uploads" },
  { id: "01JMXBRMFE0000000000000003", name: "Responses" },
  { id: "01JSM5RTJWHRWDTS6Q604VEW3B", name: "Login" },
];

const CLOUDFLARE_COMPONENTS = [
  "CDN/Cache",
  "Bot Management",
  "Firewall",
  "Amsterdam, Netherlands - (AMS)",
  "Frankfurt, Germany - (FRA)",
  "Newark, NJ, United States - (EWR)",
].map((name, index) => ({ id: `cf${String(index).padStart(10, "0")}`, name }));

const INDICATORS = /** @type {const} */ ({
  operational: "none",
  degraded_performance: "minor",
  partial_outage: "major",
  major_outage: "critical",
  full_outage: "critical",
});

const SEVERITY = ["none", "minor", "major", "critical"];

const DESCRIPTIONS = {
  none: "All Systems Operational",
  minor: "Minor Service Outage",
  major: "Partial System Outage",
  critical: "Major Service Outage",
};

export class StatusPage {
  /** @type {StatusState} */
  #state = {};
  #page;
  #known;
  #anyOrigin;

  /**
   * @param {{ id: string, name: string, url: string }} page
   * @param {{ id: string, name: string }[]} known the components it lists
   * @param {boolean} anyOrigin whether it lets pages of any origin read it
   */
  constructor(page, known, anyOrigin) {
    this.#page = page;
    this.#known = known;
    this.#anyOrigin = anyOrigin;
  }

  /** @param {StatusState} state replaces what was set before; `{}` is all well */
  set(state) {
    this.#state = state;
  }

  /**
   * @param {string} path
   * @param {number} told the time to tell, in milliseconds since 1970
   * @returns {import("./answer.js").Plan}
   */
  answer(path, told) {
    const outcome = "status page";
    if (this.#state.mode === "moved") {
      const body = `<!doctype html><title>${this.#page.name} status</title><h1>We have moved</h1>`;
      return { outcome, status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body };
    }
    if (this.#state.mode === "down") {
      return { outcome, status: 503, headers: { "content-type": "text/plain" }, body: "Service Unavailable" };
    }
    const value = this.#value(path.split("?")[0], new Date(told).toISOString());
    const body = JSON.stringify(value ?? { error: "not found" });
    const headers = {
      "content-type": "application/json; charset=utf-8",
      ...(this.#anyOrigin ? { "access-control-allow-origin": "*" } : {}),
    };
    return { outcome, status: value ? 200 : 404, headers, body };
  }

  /**
   * @param {string} path
   * @param {string} updated
   */
  #value(path, updated) {
    const page = { ...this.#page, time_zone: "Etc/UTC", updated_at: updated };
    const components = this.#components(updated);
    const incidents = this.#incidents(components, updated);
    const unresolved = incidents.filter((incident) => incident.status !== "resolved");
    const status = this.#status(components);
    switch (path) {
      case "/api/v2/summary.json":
        return { page, components, incidents: unresolved, scheduled_maintenances: [], status };
      case "/api/v2/status.json":
        return { page, status };
      case "/api/v2/components.json":
        return { page, components };
      case "/api/v2/incidents.json":
        return { page, incidents };
      case "/api/v2/incidents/unresolved.json":
        return { page, incidents: unresolved };
      default:
        return null;
    }
  }

  /** @param {string} updated */
  #components(updated) {
    const said = this.#state.components ?? {};
    const names = new Set(this.#known.map(({ name }) => name));
    const added = Object.keys(said)
      .filter((name) => !names.has(name))
      .map((name, index) => ({ id: `added${index}`, name }));
    const seen = new Set();
    return [...this.#known, ...added].map(({ id, name }, position) => {
      const isFirst = !seen.has(name);
      seen.add(name);
      return { id, name, status: (isFirst && said[name]) || "operational", position, updated_at: updated };
    });
  }

  /**
   * @param {{ id: string, name: string }[]} components
   * @param {string} updated
   */
  #incidents(components, updated) {
    return (this.#state.incidents ?? []).map((incident, index) => ({
      id: `incident${index}`,
      name: incident.name,
      status: incident.status ?? "investigating",
      impact: incident.impact ?? "major",
      created_at: updated,
      updated_at: updated,
      resolved_at: incident.status === "resolved" ? updated : null,
      shortlink: `${this.#page.url}/incidents/${index}`,
      incident_updates: [],
      components: components.filter(({ name }) => incident.components?.includes(name)),
    }));
  }

  /** @param {{ status: ComponentStatus }[]} components */
  #status(components) {
    const worst = Math.max(...components.map(({ status }) => SEVERITY.indexOf(INDICATORS[status])));
    const indicator = this.#state.indicator ?? /** @type {keyof typeof DESCRIPTIONS} */ (SEVERITY[worst]);
    return { indicator, description: this.#state.description ?? DESCRIPTIONS[indicator] };
  }
}

/** @returns {{ openai: StatusPage, cloudflare: StatusPage, of(host: string): StatusPage | undefined }} */
export function makeStatusPages() {
  const openai = new StatusPage(
    { id: "01JMDK9XYR0000000000000000", name: "OpenAI", url: "https://status.openai.com" },
    OPENAI_COMPONENTS,
    false,
  );
  const cloudflare = new StatusPage(
    { id: "yh6f0r4529hb", name: "Cloudflare", url: "https://www.cloudflarestatus.com" },
    CLOUDFLARE_COMPONENTS,
    true,
  );
  const hosts = new Map([
    ["status.openai.com", openai],
    ["www.cloudflarestatus.com", cloudflare],
  ]);
  return { openai, cloudflare, of: (host) => hosts.get(host) };
}
