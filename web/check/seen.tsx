import type { Hex } from "viem";
import type { Tensor } from "../../inference/tensors.ts";
import { holdsText } from "../../sdk/text.ts";
import { cardOf } from "../cards/known.ts";
import { ModelText } from "../components/modelText.tsx";
import { group } from "../format.ts";
import { Digit } from "./digit.tsx";
import { elementsOf, int8Of, shapeOf } from "./elements.ts";
import { Trade } from "./trade.tsx";
import "./check.css";

/** A model's input and output: as text if they are one, drawn if the page knows the model by its content, else in numbers. */
export function Seen({ modelId, input, output }: { modelId: Hex; input: Tensor; output: Tensor | undefined }) {
  const name = cardOf(modelId)?.name;
  const isText = [input, output].some((each) => each !== undefined && holdsText(each.spec));
  return (
    <section aria-labelledby="seen-heading">
      <h3 id="seen-heading">The model's input and output here</h3>
      {name === "digits" && <Digit image={int8Of(input)} scores={output && int8Of(output)} />}
      {name === "risk" && <Trade trade={int8Of(input)} verdict={output?.data} />}
      {isText && <Texts input={input} output={output} />}
      <details open={name !== "digits" && name !== "risk" && !isText}>
        <summary>In numbers</summary>
        <Elements what="Input" tensor={input} />
        {output && <Elements what="Output" tensor={output} />}
      </details>
    </section>
  );
}

/** What a model read and wrote, as far as that is text. */
function Texts({ input, output }: { input: Tensor; output: Tensor | undefined }) {
  return (
    <dl className="card">
      {holdsText(input.spec) && (
        <>
          <dt>It read</dt>
          <dd>
            <ModelText tensor={input} />
          </dd>
        </>
      )}
      {output && holdsText(output.spec) && (
        <>
          <dt>It wrote</dt>
          <dd>
            <ModelText tensor={output} />
          </dd>
        </>
      )}
    </dl>
  );
}

const MOST_ELEMENTS = 256;

function Elements({ what, tensor }: { what: string; tensor: Tensor }) {
  const { spec, data } = tensor;
  const elements = elementsOf(tensor, MOST_ELEMENTS);
  const all = spec.dims.reduce((product, dim) => product * dim, 1);
  return (
    <figure>
      <figcaption>
        {what} <code>{spec.name}</code>, {shapeOf(spec)}, {group(data.length)} bytes
      </figcaption>
      <code className="numbers">
        {elements.join(" ")}
        {all > elements.length && ` … and ${group(all - elements.length)} more`}
      </code>
    </figure>
  );
}
