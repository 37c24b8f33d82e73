// The edge's certificate: made anew at each start, good for no one. Browsers under test are told to accept any.
// It is not a certificate authority; nothing should ever be made to trust it.

import { generate } from "selfsigned";

/** @returns {Promise<{ key: string, cert: string }>} PEM, ready for `node:https`. */
export async function makeCertificate() {
  const pem = await generate([{ name: "commonName", value: "simulated edge" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
  });
  return { key: pem.private, cert: pem.cert };
}
