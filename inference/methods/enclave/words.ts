import type { AdmissibleKey } from "./keys.ts";
import { AWS_ROOT, type NitroDocument } from "./nitro.ts";

/** What a verified document proves, and what it doesn't, in sentences. */
export interface DocumentWords {
  proves: string[];
  doesNotProve: string[];
}

/** Says what a verified document proves and what it doesn't. */
export function wordsOf(document: NitroDocument, key: AdmissibleKey | undefined): DocumentWords {
  const { root } = document;
  const at = new Date(document.timestamp).toISOString();
  const signer =
    root === AWS_ROOT
      ? "AWS's root for Nitro Enclaves"
      : `the root certificate ${root}, which is not AWS's: whoever made it can make any document`;
  const image = document.isDebug
    ? `At ${at}, an enclave in debug mode ran: its registers are zero, so no image is named.`
    : `At ${at}, an enclave ran whose image has the measurement ${document.measurement}.`;
  return {
    proves: [
      `The document is whole: each byte is signed, by a chain of certificates from ${signer}.`,
      image,
      ...(document.publicKey ? [`The program in it named this public key${key ? ` (${key.kind})` : ""}.`] : []),
    ],
    doesNotProve: [
      ...(document.isDebug
        ? ["Anything of the program: in debug mode the parent machine reads its console, and nothing is measured."]
        : [
            "What the program does: build the image again from its sources and compare the measurement.",
            "That the key was born in the enclave and never left it: that is for the program's sources to say.",
          ]),
      "That it runs still, or that the document is recent: it was made at the time that it names, and can be shown for ever.",
      "That none of its certificates was revoked: no revocation list is read.",
      "That AWS and its hardware are honest.",
    ],
  };
}
