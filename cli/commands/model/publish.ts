import { refuseCard } from "../../../inference/card.ts";
import { checkFiles } from "../../../inference/check.ts";
import {
  addressesOf,
  admissionCall,
  admitGraph,
  isPublished,
  publishCircuit,
  publishModel,
  publishRows,
} from "../../../participant/publish.ts";
import { openBounded } from "../../../participant/runtime.ts";
import { decodeLayout } from "../../../sdk/layouts.ts";
import type { Command } from "../../command.ts";
import { grouped } from "../../format.ts";
import { readModelFiles } from "../../modelFiles.ts";
import { withSender } from "../../sending.ts";
import { openConnection, openSettingsAccount, openSettingsContent } from "../../settings.ts";
import { findingLines } from "./check.ts";

export const publishCommand: Command = {
  positionals: ["DIR"],
  summary: "publish a model on chain, if it passes every check",
  details: `Makes the checks of \`model check\` and sends nothing if anything is refused. Puts the file and the card into the content directory, and publishes the model; its uri is the card's address. Of a model with a circuit it also puts what provers need there, and has ZkProof admit its key; of a graph it has DisputeGame admit it. What stands already is left as it is. Needs a key with money for gas.
A graph model's weights are in its file alone; with --rows they are put on chain, too, so that nobody has to serve it: several transactions, of which only those are sent that aren't there yet.
JSON: modelId, cid, cardCid (or null), published (false if it stood already), transactionHash and gasUsed (or null), admitted (the transaction that admitted the key or the graph, or null), rowTransactions, and the refused checks.`,
  options: {
    free: { help: "publish also what no season can take, for free attestations" },
    rows: { help: "put a graph model's parameter rows on chain, too" },
  },
  async run({ positionals: [path = ""], switches, settings, progress }) {
    const { card, circuit, ...files } = await readModelFiles(path);
    const opener = await openBounded();
    const { findings, model } = await checkFiles(files, opener).finally(opener.close);
    const refused = findings.filter(
      ({ result, by }) => result === "refused" && !(switches.has("free") && by === "seasons"),
    );
    const cardRefusal = card && model && refuseCard(card, model.modelId);
    if (model === undefined || refused.length > 0 || cardRefusal !== undefined) {
      const lines = [
        ...findingLines(refused),
        ...(cardRefusal === undefined ? [] : [`card        refused  ${cardRefusal}`]),
      ];
      return {
        good: false,
        text: [...lines, "Nothing was sent."].join("\n"),
        json: { modelId: model?.modelId ?? null, published: false, refused, card: cardRefusal ?? null },
      };
    }
    const { client } = await openConnection(settings);
    const content = openSettingsContent(settings);
    const { cid, cardCid } = addressesOf(files.artifact, card);
    const found = { modelId: model.modelId, cid, cardCid: cardCid ?? null };
    const lines = [`Model  ${model.modelId}`, `File   ${cid}`, ...(cardCid === undefined ? [] : [`Card   ${cardCid}`])];
    const withRows = switches.has("rows");
    if (withRows && !decodeLayout(model.layout).graph)
      throw new Error("--rows is for graph models: this one's rows, if it has any, are published with it.");
    const stands = await isPublished(client, model);
    if (stands) await content.put(files.artifact, "sha2-256");
    if (stands && !withRows && circuit === undefined && (await admissionCall(client, model)) === undefined)
      return {
        good: true,
        text: [...lines, "It stands already: nothing was sent."].join("\n"),
        json: { ...found, published: false, transactionHash: null, gasUsed: null, admitted: null, rowTransactions: [] },
      };
    const account = await openSettingsAccount(settings);
    return withSender(client, account, progress, async (sender) => {
      const sent = stands ? undefined : await publishModel(client, sender, content, model, files.artifact, card);
      const admitted = circuit && (await publishCircuit(client, sender, content, model, circuit));
      const game = await admitGraph(client, sender, model);
      const onSent = (done: number, total: number) => progress.show("rows", done, total);
      const rows = withRows ? await publishRows(client, sender, model, files.artifact, onSent) : [];
      const gas = rows.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
      return {
        good: true,
        text: [
          ...lines,
          sent ? `Sent   ${sent.transactionHash}, ${grouped(sent.gasUsed)} gas` : "It stands already.",
          ...(admitted === undefined ? [] : [`Key    ${admitted.transactionHash}, ${grouped(admitted.gasUsed)} gas`]),
          ...(game === undefined ? [] : [`Game   ${game.transactionHash}, ${grouped(game.gasUsed)} gas`]),
          ...(withRows ? [`Rows   ${rows.length} transactions, ${grouped(gas)} gas: all of them are on chain`] : []),
          `Kept   ${settings.content}: serve it from there`,
        ].join("\n"),
        json: {
          ...found,
          published: !stands,
          transactionHash: sent?.transactionHash ?? null,
          gasUsed: sent?.gasUsed ?? null,
          admitted: (admitted ?? game)?.transactionHash ?? null,
          rowTransactions: rows.map(({ transactionHash }) => transactionHash),
        },
      };
    });
  },
};
