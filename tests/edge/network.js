// Who a visitor seems to be. Everyone comes from loopback; this table gives each loopback address the documentation
// address (RFC 5737), country and data centre that the edge believes in. A changed row is a restarted router or
// another network.

/**
 * @typedef {object} Place
 * @property {string} ip the visitor's address as the edge sees it
 * @property {string} country two letters; `XX` unknown, `T1` Tor
 * @property {string} colo the data centre's airport code
 * @property {"off" | "on" | "plus"} warp
 * @property {"off" | "on"} gateway
 * @property {string} [agent] what a program on the way makes of every request's user agent
 */

/** @type {Record<string, Place>} */
const INITIAL = {
  "127.0.0.1": { ip: "203.0.113.7", country: "DE", colo: "FRA", warp: "off", gateway: "off" },
  "127.0.0.2": { ip: "198.51.100.23", country: "NL", colo: "AMS", warp: "off", gateway: "off" },
  "127.0.0.3": { ip: "192.0.2.44", country: "US", colo: "EWR", warp: "off", gateway: "off" },
};

export class Network {
  /** @type {Map<string, Place>} */
  #places = new Map(Object.entries(INITIAL));
  /** @type {Map<string, Partial<Place>>} */
  #detours = new Map();

  /**
   * @param {string} source the loopback address that the connection comes from
   * @param {string} [host] that is asked
   * @returns {Place}
   */
  of(source, host = "") {
    const place = this.#places.get(source) ?? { ...INITIAL["127.0.0.1"], ip: source, country: "XX" };
    const detour = [...this.#detours].find(([site]) => host === site || host.endsWith(`.${site}`));
    return { ...place, ...detour?.[1] };
  }

  /**
   * Leads every name of a site over another place, as a hosts file or "smart DNS" does: all other hosts see no change.
   * @param {string} site a host, and all hosts within it
   * @param {Partial<Place>} place
   */
  lead(site, place) {
    this.#detours.set(site, place);
  }

  /**
   * Changes what the edge believes of a source address from the next request on.
   * @param {string} source
   * @param {Partial<Place>} place what is left out stays as it was
   */
  set(source, place) {
    this.#places.set(source, { ...this.of(source), ...place });
  }

  /** Forgets every change. */
  reset() {
    this.#places = new Map(Object.entries(INITIAL));
    this.#detours.clear();
  }
}
