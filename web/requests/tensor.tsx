import { type Hex, hexToBytes } from "viem";
import { decodeTensor } from "../../inference/tensors.ts";
import { elementsOf, shapeOf } from "../check/elements.ts";
import { group } from "../format.ts";

const MOST_SHOWN = 32;

/** A tensor that somebody wrote: its name and shape, and its first elements. */
export function Tensor({ bytes }: { bytes: Hex }) {
  const tensor = read(bytes);
  if (tensor === undefined) return <>{group((bytes.length - 2) / 2)} bytes that are no tensor</>;
  const elements = elementsOf(tensor, MOST_SHOWN);
  return (
    <>
      <code dir="auto">{tensor.spec.name}</code>, {shapeOf(tensor.spec)}:{" "}
      <span className="whole">
        {elements.join(", ")}
        {elements.length === MOST_SHOWN && " …"}
      </span>
    </>
  );
}

function read(bytes: Hex) {
  try {
    return decodeTensor(hexToBytes(bytes));
  } catch {
    return undefined;
  }
}
