import { shownBytes, shownText } from "../../sdk/text.ts";
import { group } from "../format.ts";
import { firstDifference } from "./difference.ts";
import "./write.css";

/** A text while a model writes it. */
export function Writing({ bytes }: { bytes: readonly number[] }) {
  return (
    <p className="written">
      {shownText(Uint8Array.from(bytes))}
      <span className="caret" aria-hidden="true" />
    </p>
  );
}

/** What the model writes here beside what the prover answered, from the first byte on that differs; nothing if none does. */
export function Difference({ here, claimed }: { here: Uint8Array; claimed: Uint8Array }) {
  const at = firstDifference(here, claimed);
  if (at === -1) return null;
  return (
    <section className="card" aria-labelledby="difference-heading">
      <h3 id="difference-heading">The first byte that differs</h3>
      <p>
        Byte {group(at + 1)} is another: after the same beginning, the model goes on in one way, and the prover's answer
        in another.
      </p>
      <dl>
        <dt>The model writes</dt>
        <dd className="written">
          <From text={here} at={at} />
        </dd>
        <dt>The prover answered</dt>
        <dd className="written">
          <From text={claimed} at={at} />
        </dd>
      </dl>
    </section>
  );
}

/** A text with the byte at `at` marked; NULs at its end are none of it. */
function From({ text, at }: { text: Uint8Array; at: number }) {
  const end = text.findLastIndex((byte) => byte !== 0) + 1;
  const [before, byte, after] = [text.subarray(0, at), text.subarray(at, at + 1), text.subarray(at + 1, end)];
  return (
    <>
      {shownBytes(before)}
      <mark>{at < end ? shownBytes(byte) : "nothing more"}</mark>
      {shownBytes(after)}
    </>
  );
}
