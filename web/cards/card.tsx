import type { Card } from "../../models/card.ts";
import { group } from "../format.ts";
import { bytesOf, percentOf } from "./share.ts";

/** What the publisher says of a model; no contract checks it. */
export function ModelCard({ card }: { card: Card }) {
  const { task, data, heldOutCount, accuracy, noise, accuracyWithNoise, auc, bestAccuracy, text } = card;
  return (
    <section className="card" aria-labelledby="card-heading">
      <h2 id="card-heading">The publisher's card</h2>
      <p>
        Cards are not on chain, and no contract checks them. This is what the publisher of “{card.name}” says about
        exactly these bytes. The card comes with this page, which finds it by the model's id. The project's tests
        measure it again.
      </p>
      <dl>
        <dt>Task</dt>
        <dd>{task}</dd>
        <dt>Accuracy</dt>
        <dd>
          {percentOf(accuracy)} of {group(heldOutCount)} inputs that it was never trained on
          {bestAccuracy !== undefined && <>; knowing the rule that drew them would get {percentOf(bestAccuracy)}</>}
        </dd>
        {noise > 0 && (
          <>
            <dt>With a season's noise</dt>
            <dd>
              {percentOf(accuracyWithNoise)}, each input element moved by up to {noise}
            </dd>
          </>
        )}
        {text !== undefined && (
          <>
            <dt>Bits a byte</dt>
            <dd>
              {text.bits.toFixed(4)} on {group(text.bytes)} held-out bytes, {(text.bits - text.trueBits).toFixed(4)}{" "}
              more than the source that drew them; before its numbers were rounded,{" "}
              {(text.floatBits - text.trueBits).toFixed(4)} more
            </dd>
          </>
        )}
        {auc !== undefined && (
          <>
            <dt>Area under the ROC curve</dt>
            <dd>{auc.toFixed(3)}</dd>
          </>
        )}
        <dt>Data</dt>
        <dd>{data}</dd>
        <dt>File</dt>
        <dd>{bytesOf(card.artifactBytes)} of ONNX</dd>
        <dt>Base inputs</dt>
        <dd>
          {group(card.inputCount)}, {bytesOf(card.inputBytes)} together
        </dd>
      </dl>
    </section>
  );
}
