import { Text } from "../components/sentence.tsx";
import { group } from "../format.ts";
import type { Descent, DescentLevel } from "../methods/method.ts";
import "./descents.css";

/** Most challenges that are drawn. */
const MOST = 20;

/** Draws challenges, the one that won first. */
export function Ways({ all, season }: { all: readonly Descent[]; season: string | undefined }) {
  const isWon = ({ state }: Descent) => state === "won";
  const drawn = [...all.filter(isWon), ...all.filter((descent) => !isWon(descent))].slice(0, MOST);
  return (
    <section aria-labelledby="descents-heading">
      <h2 id="descents-heading">How it was disputed</h2>
      <p>
        At each level the prover's side opens what it attested, and the challenger picks the first part that differs
        from its own run. Operators, rows and columns are counted from 0.
      </p>
      {all.length > MOST && (
        <p>
          There are {group(all.length)} challenges; {MOST} are drawn here, and all of them are among the steps below.
        </p>
      )}
      {drawn.map((descent) => (
        <Way key={descent.challenge} descent={descent} season={season} />
      ))}
    </section>
  );
}

function Way({
  descent: { challenge, by, state, standing, levels },
  season,
}: {
  descent: Descent;
  season: string | undefined;
}) {
  const id = `descent-${challenge}`;
  return (
    <article className="card" aria-labelledby={id}>
      <h3 id={id}>
        Challenge {group(challenge)} <span className="tag">{state}</span>
      </h3>
      <p>
        By <Text sentence={by} season={season} />. <Text sentence={standing} season={season} />
      </p>
      <ol className="descent" aria-label={`The way down of challenge ${group(challenge)}`}>
        {levels.map((level) => (
          <Level key={level.name} level={level} />
        ))}
      </ol>
    </article>
  );
}

const Level = ({ level: { name, text, numbers } }: { level: DescentLevel }) => (
  <li>
    <strong>{name}</strong> <Text sentence={text} season={undefined} />
    {numbers && (
      <dl className="two-numbers">
        <div>
          <dt>The prover attested</dt>
          <dd className={`num ${numbers.claimed === numbers.correct ? "correct" : "claimed"}`}>
            {group(numbers.claimed)}
          </dd>
        </div>
        <div>
          <dt>The contract computed</dt>
          <dd className="num correct">{group(numbers.correct)}</dd>
        </div>
      </dl>
    )}
  </li>
);
