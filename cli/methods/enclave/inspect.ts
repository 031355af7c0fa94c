import { bytesToHex, type Hex } from "viem";
import { InvalidDocumentError } from "../../../inference/methods/enclave/invalid.ts";
import { type AdmissibleKey, admissibleKey } from "../../../inference/methods/enclave/keys.ts";
import { AWS_ROOT, type NitroDocument, verifyNitro } from "../../../inference/methods/enclave/nitro.ts";
import { documentBytes } from "../../../inference/methods/enclave/text.ts";
import { wordsOf } from "../../../inference/methods/enclave/words.ts";
import type { Command } from "../../command.ts";
import { grouped, quoted, utc, wrap } from "../../format.ts";
import { readOne } from "../../modelFiles.ts";
import { parseHash } from "../../usage.ts";

export const inspect: Command = {
  positionals: ["FILE"],
  summary: "verify an AWS Nitro attestation document, and say what it proves",
  details: `FILE is the document as the Nitro Secure Module gives it, or a text of it in base64 or hex. Verifies all of it: COSE_Sign1 with ES384, the chain of certificates to AWS's root or the one of --root, what each may sign, their validity at the document's own time, and the form of every field. Says what it proves and what it doesn't; whether it is recent isn't asked, nor whether a certificate was revoked. Needs no chain. Exit code 1 if it proves nothing.
JSON: good; error where it isn't; else root, moduleId, timestamp (ms), pcrs, measurement, debug, publicKey, userData, nonce (or null), key (its name in the contract Enclave, or null), proves, doesNotProve.`,
  options: {
    root: { value: "HASH", help: "SHA-256 of the root certificate that is trusted, instead of AWS's" },
  },
  async run({ positionals: [path = ""], options }) {
    const root = options.root === undefined ? AWS_ROOT : parseHash("--root", options.root);
    const file = await readOne(path, path);
    try {
      const bytes = documentBytes(file);
      const document = await verifyNitro(bytes, root);
      const key = await admissibleKey(document.publicKey);
      const words = wordsOf(document, key);
      return {
        good: true,
        text: [
          ...linesOf(bytes, document, key),
          "",
          ...words.proves.map((each) => `Proves        ${wrap(each, 14)}`),
          ...words.doesNotProve.map((each) => `Doesn't prove ${wrap(each, 14)}`),
        ].join("\n"),
        json: { good: true, ...jsonOf(document, key), ...words },
      };
    } catch (error) {
      if (!(error instanceof InvalidDocumentError)) throw error;
      return {
        good: false,
        text: wrap(`It proves nothing. ${quoted(error.message)}`),
        json: { good: false, error: error.message },
      };
    }
  },
};

function linesOf(bytes: Uint8Array, document: NitroDocument, key: AdmissibleKey | undefined): string[] {
  const { root, moduleId, timestamp, pcrs, measurement, isDebug, publicKey, userData, nonce } = document;
  const used = [...pcrs].filter(([number, pcr]) => number < 3 || pcr.some((byte) => byte !== 0));
  return [
    `Document      ${grouped(bytes.length)} bytes, whole and signed`,
    `Root          ${root}, ${root === AWS_ROOT ? "AWS's for Nitro Enclaves" : "NOT AWS's"}`,
    `Enclave       ${quoted(moduleId)}`,
    `Made at       ${utc(Math.floor(timestamp / 1000))}`,
    ...(isDebug ? ["DEBUG MODE    its image isn't measured, and its memory can be read from outside"] : []),
    ...used.map(([number, pcr]) => `${`PCR${number}`.padEnd(14)}${bytesToHex(pcr)}`),
    `Measurement   ${measurement}`,
    `Public key    ${shown(publicKey)}`,
    ...(key ? [`Its name      ${key.key} (${key.kind})`] : []),
    `User data     ${shown(userData)}`,
    `Nonce         ${shown(nonce)}`,
  ];
}

const jsonOf = (document: NitroDocument, key: AdmissibleKey | undefined) => ({
  ...{ root: document.root, moduleId: document.moduleId, timestamp: document.timestamp },
  pcrs: Object.fromEntries([...document.pcrs].map(([number, pcr]): [number, Hex] => [number, bytesToHex(pcr)])),
  ...{ measurement: document.measurement, debug: document.isDebug },
  ...{ publicKey: document.publicKey ?? null, userData: document.userData ?? null, nonce: document.nonce ?? null },
  key: key?.key ?? null,
});

const MOST_SHOWN = 96;

function shown(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return "none";
  const hex = bytesToHex(bytes.subarray(0, MOST_SHOWN));
  return bytes.length > MOST_SHOWN ? `${hex}… (${grouped(bytes.length)} bytes)` : hex;
}
