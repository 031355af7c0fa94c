import type { Check } from "../../inference/verify/checks.ts";

const results: Readonly<Record<Check["result"], { mark: string; word: string }>> = {
  held: { mark: "✓", word: "holds" },
  failed: { mark: "✗", word: "fails" },
  unknown: { mark: "?", word: "unknown" },
};

/** The checks that were made so far, in order; where two hashes differ, both are shown in full. */
export function Checks({ checks, doing }: { checks: readonly Check[]; doing: string | undefined }) {
  return (
    <ol className="checks">
      {checks.map(({ title, result, detail, hashes }, i) => (
        <li key={i} className={`check check-${result}`}>
          <span className="mark" aria-hidden="true">
            {results[result].mark}
          </span>
          <div>
            <strong>{title}</strong> <span className="unseen">{results[result].word}: </span>
            {detail}
            {hashes && hashes.expected !== hashes.found && (
              <dl className="hashes">
                <dt>expected</dt>
                <dd>
                  <code>{hashes.expected}</code>
                </dd>
                <dt>got</dt>
                <dd>
                  <code>{hashes.found}</code>
                </dd>
              </dl>
            )}
          </div>
        </li>
      ))}
      {doing !== undefined && (
        <li className="check" aria-busy="true">
          <span className="mark" aria-hidden="true">
            …
          </span>
          <div>{doing} …</div>
        </li>
      )}
    </ol>
  );
}
