import { expect } from "chai";
import { mostUnits } from "../../../../inference/methods/fraudProof/units.ts";
import type { OpenModel } from "../../../../inference/models.ts";
import { readModel } from "../../../../models/read.ts";
import { attestUnits } from "../../../../participant/methods/fraudProof/attestUnits.ts";
import type { Sender } from "../../../../participant/sender.ts";
import type { Client, TaskInputs } from "../../../../sdk/client.ts";
import { ZERO_HASH } from "../../../../sdk/commitments.ts";
import { decodeLayout, decodeRows } from "../../../../sdk/layouts.ts";
import { refusal } from "../../refusal.ts";

describe("attesting units", () => {
  it("refuses a batch that a transaction can't hold, before anything is run or sent", async () => {
    const { layout, rows } = (await readModel("digits")).model;
    const model = { layers: decodeRows(decodeLayout(layout).widths, rows), publication: { layout } } as OpenModel;
    const most = mostUnits(model);
    const range = { seed: ZERO_HASH, task: {} as TaskInputs, first: 0n, count: most + 1 };

    expect(most).to.be.within(2500, 3200);
    expect(await refusal(attestUnits({} as Client, {} as Sender, model, range))).to.equal(
      `A batch of ${most + 1} units doesn't fit into a transaction; ${most} do.`,
    );
  });
});
