import { type Hex, hexToBytes } from "viem";
import { type Tensor as Decoded, decodeTensor } from "../../inference/tensors.ts";
import { holdsText } from "../../sdk/text.ts";
import { elementsOf, shapeOf } from "../check/elements.ts";
import { ModelText } from "../components/modelText.tsx";
import { group } from "../format.ts";

const MOST_SHOWN = 32;

/** A tensor that somebody wrote: its name and shape, and its text or its first elements. */
export function Tensor({ bytes }: { bytes: Hex }) {
  const tensor = read(bytes);
  if (tensor === undefined) return <>{group((bytes.length - 2) / 2)} bytes that are no tensor</>;
  return (
    <>
      <code dir="auto">{tensor.spec.name}</code>, {shapeOf(tensor.spec)}:{" "}
      {holdsText(tensor.spec) ? <ModelText tensor={tensor} /> : <Elements tensor={tensor} />}
    </>
  );
}

function Elements({ tensor }: { tensor: Decoded }) {
  const elements = elementsOf(tensor, MOST_SHOWN);
  return (
    <span className="whole">
      {elements.join(", ")}
      {elements.length === MOST_SHOWN && " …"}
    </span>
  );
}

function read(bytes: Hex) {
  try {
    return decodeTensor(hexToBytes(bytes));
  } catch {
    return undefined;
  }
}
