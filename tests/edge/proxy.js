// A proxy that leads everything to the edge from another source address: what a VPN or a proxy extension does to the
// address a site sees. It speaks CONNECT only and goes nowhere but to the edge.

import { createServer } from "node:http";
import { connect } from "node:net";

/** Whom Chromium asks by itself, with any extension and with none: led nowhere, as without a proxy. */
export const MAKERS = /(^|\.)(google|googleapis|gvt1|gstatic)\.com(:443)?$/;

/**
 * @param {{ port: number }} edge
 * @param {{ from?: string, port?: number }} [options] `from`: the loopback address that visitors then come from
 * @returns {Promise<{ port: number, connections: string[], close(): Promise<void> }>} `connections`: the targets asked for
 */
export async function startProxy(edge, { from = "127.0.0.2", port = 0 } = {}) {
  /** @type {Set<import("node:stream").Duplex>} */
  const sockets = new Set();
  /** @type {string[]} */
  const connections = [];
  const server = createServer((request, response) => {
    connections.push(request.url ?? "");
    response.writeHead(405).end();
  });
  server.on("connect", (request, client, head) => {
    connections.push(request.url ?? "");
    if (MAKERS.test(request.url ?? "")) {
      client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const upstream = connect({ host: "127.0.0.1", port: edge.port, localAddress: from }, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    for (const [socket, other] of [[client, upstream], [upstream, client]]) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(undefined)));
  return {
    port: /** @type {import("node:net").AddressInfo} */ (server.address()).port,
    connections,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
