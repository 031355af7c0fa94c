import type { ShownRow } from "../../inference/methods/method.ts";
import { group } from "../format.ts";

/** A wrong row: where it is, all that it is computed from, and the two numbers. */
export function Row({ row, title, id }: { row: ShownRow; title: string; id: string }) {
  const { unit, layer, claimed, correct, inputs, weights, bias, shift, lo, sum } = row;
  const rounding = 2 ** (shift - 1);
  const shifted = (sum + bias + rounding) >> shift;
  return (
    <section className="card" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <p>
        Row {row.row} of layer {layer}
        {unit !== undefined && <> of unit {group(unit)}</>}, rows and layers counted from 0.
      </p>
      <dl className="two-numbers">
        <div>
          <dt>The prover claimed</dt>
          <dd className="num claimed">{group(claimed)}</dd>
        </div>
        <div>
          <dt>The model's row gives</dt>
          <dd className="num correct">{group(correct)}</dd>
        </div>
      </dl>
      <p>
        {inputs.length} products of activation and weight add up to <strong className="num">{group(sum)}</strong>; with
        the bias {group(bias)} and {group(rounding)} for rounding that is {group(sum + bias + rounding)}, shifted right
        by {shift} it is {group(shifted)}, and kept within {group(lo)} to 127 it is{" "}
        <strong className="num">{group(correct)}</strong>.
      </p>
      <details>
        <summary>All {inputs.length} products</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard. */}
        <section className="scroll tall" tabIndex={0} aria-label={`Products of row ${row.row}`}>
          <table>
            <caption>Activation below × weight</caption>
            <thead>
              <tr>
                {["Place", "Activation", "Weight", "Product"].map((name) => (
                  <th key={name} scope="col" className="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...inputs].map((input, k) => (
                <tr key={k}>
                  <th scope="row" className="number num">
                    {k}
                  </th>
                  <td className="number num">{group(input)}</td>
                  <td className="number num">{group(weights[k] as number)}</td>
                  <td className="number num">{group(input * (weights[k] as number))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </section>
  );
}
