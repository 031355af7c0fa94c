import { group } from "../format.ts";
import { Bar } from "./bar.tsx";
import { shareOf } from "./features.ts";

const SIDE = 8;

/** The digit with the highest score, the first of several. */
const digitOf = (scores: Int8Array): number => scores.indexOf(Math.max(...scores));

/** The image that `digits` saw and the ten scores it gave. */
export function Digit({ image, scores }: { image: Int8Array; scores: Int8Array | undefined }) {
  const digit = scores && digitOf(scores);
  return (
    <div className="seen">
      <figure>
        <svg
          className="digit"
          viewBox={`0 0 ${SIDE} ${SIDE}`}
          role="img"
          aria-label={`An image of 8 by 8 pixels${digit === undefined ? "" : `, which the model reads as ${digit}`}`}
        >
          <rect width={SIDE} height={SIDE} fill="#fff" />
          {[...image].map((value, i) => (
            <rect
              key={i}
              x={i % SIDE}
              y={Math.floor(i / SIDE)}
              width="1.02"
              height="1.02"
              fillOpacity={shareOf(value)}
            />
          ))}
        </svg>
        <figcaption>What the model saw</figcaption>
      </figure>
      {scores && (
        <div>
          <p className="answer">
            It read <strong>{digit}</strong>
          </p>
          <div className="scroll">
            <table>
              <caption>Its ten scores, from −128 to 127; the highest is the answer</caption>
              <thead>
                <tr>
                  <th scope="col">Digit</th>
                  <th scope="col" className="number">
                    Score
                  </th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {[...scores].map((score, label) => (
                  <tr key={label} {...(label === digit && { className: "best" })}>
                    <th scope="row">
                      {label}
                      {label === digit && <span className="unseen"> (highest)</span>}
                    </th>
                    <td className="number num">{group(score)}</td>
                    <td className="wide">
                      <Bar share={shareOf(score)} strong={label === digit} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      )}
    </div>
  );
}
