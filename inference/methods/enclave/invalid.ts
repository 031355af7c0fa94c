/** An attestation document that proves nothing: a sentence that says why. */
export class InvalidDocumentError extends Error {
  override name = "InvalidDocumentError";
}
