import type { ShownRow } from "../../inference/methods/method.ts";
import { Difference } from "../write/written.tsx";
import type { Found } from "./messages.ts";
import { Row } from "./row.tsx";
import { Seen } from "./seen.tsx";

/** What a check read and computed: rows that are wrong, and the model's input and output. */
export default function Recomputed({ found: { recorded, input, output, claimed, wrong, refuted } }: { found: Found }) {
  const other = wrong && refuted && isSamePlace(wrong, refuted.row) ? undefined : wrong;
  return (
    <>
      {refuted && (
        <>
          <Row row={refuted.row} id="refuted-row" title="The disputed row, recomputed here" />
          <p>{refuted.words}</p>
        </>
      )}
      {other && <Row row={other} id="wrong-row" title="The first wrong row found here" />}
      {output && claimed && <Difference here={output.data} claimed={claimed.data} />}
      {input && <Seen modelId={recorded.modelId} input={input} output={output} />}
    </>
  );
}

const isSamePlace = (a: ShownRow, b: ShownRow): boolean => a.unit === b.unit && a.layer === b.layer && a.row === b.row;
