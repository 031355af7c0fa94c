import type { ReactNode } from "react";
import { PENALTY_FACTOR } from "../../sdk/protocol.ts";

/** One step of the picture: its drawing, 48 by 48, its name and what happens there. */
interface Stage {
  name: string;
  text: string;
  drawing: ReactNode;
}

/** How a point comes about, as a picture in five stages; screen readers get a numbered list. */
export function Picture() {
  return (
    <figure className="picture">
      <figcaption>How a point comes about</figcaption>
      <ol>
        {stages.map(({ name, text, drawing }, i) => (
          <li key={name}>
            <svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
              {drawing}
            </svg>
            <div>
              <strong>
                <span aria-hidden="true">{i + 1}. </span>
                {name}
              </strong>
              <span>{text}</span>
            </div>
          </li>
        ))}
      </ol>
    </figure>
  );
}

const stages: readonly Stage[] = [
  {
    name: "Unit assigned",
    text: "The season's seed gives each account inputs of its own. Nobody chooses them.",
    drawing: (
      <>
        <rect x="8" y="8" width="32" height="32" rx="6" />
        <path className="solid" d="M16 16h5v5h-5zM27 16h5v5h-5zM21 22h6v5h-6zM16 27h5v5h-5zM27 27h5v5h-5z" />
      </>
    ),
  },
  {
    name: "Model run",
    text: "The account runs the model on them, on its own machine.",
    drawing: (
      <>
        <path d="M12 12 24 10 36 18M12 12 24 24 36 18M12 24 24 10M12 24 24 24M12 24 24 38M12 36 24 24 36 30M12 36 24 38 36 30M24 24 36 18M24 10 36 30M24 38 36 18" />
        {["12 12", "12 24", "12 36", "24 10", "24 24", "24 38", "36 18", "36 30"].map((at) => {
          const [cx, cy] = at.split(" ");
          return <circle key={at} className="solid" cx={cx} cy={cy} r="3.2" />;
        })}
      </>
    ),
  },
  {
    name: "Attested",
    text: "Its answer goes on chain, with money at stake.",
    drawing: (
      <>
        <path d="M12 6h18l8 8v28H12zM30 6v8h8M18 20h14M18 27h14" />
        <path className="solid" d="M17 33h9v4h-9z" />
      </>
    ),
  },
  {
    name: "Verified",
    text: "A drawn panel runs the model again, or anyone shows where the answer is wrong.",
    drawing: (
      <>
        <circle cx="21" cy="21" r="13" />
        <path d="M31 31l10 10M15 21l5 5 8-9" />
      </>
    ),
  },
  {
    name: "Points",
    text: `Verified earns the task's points. Refuted burns ${PENALTY_FACTOR} times as many.`,
    drawing: (
      <>
        <path className="solid" d="M8 28h8v12H8zM20 16h8v24h-8zM32 22h8v18h-8z" />
        <path d="M5 40h38M24 4v8M20 8h8" />
      </>
    ),
  },
];
