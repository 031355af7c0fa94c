import { once } from "node:events";
import { openContent } from "../../../participant/content.ts";
import { type Mirrored, mirrorSeason } from "../../../participant/mirror.ts";
import { serveContent } from "../../../participant/serve.ts";
import { readSeason } from "../../../sdk/client.ts";
import type { Command } from "../../command.ts";
import { quoted, wrap } from "../../format.ts";
import { openConnection } from "../../settings.ts";
import { parseCount, parseListener, parsePlainUrl } from "../../usage.ts";

export const mirrorCommand: Command = {
  positionals: ["SEASON"],
  summary: "keep, and serve, what a season needs",
  details: `Fetches the files of the season's models, their cards and the season's metadata from --from and the API, hashes them and keeps them in the content directory; integer models are made from the chain. With --serve it goes on to serve the directory at /ipfs until Ctrl-C. Exits 1 if a model's file can't be had.
JSON: seasonId, directory, content (each with cid, what: model, card or metadata, and failure or null).`,
  options: {
    from: { value: "URL", help: "a server to ask first, at /ipfs; may be given more than once" },
    serve: { value: "[HOST:]PORT", help: "serve the directory; HOST is 127.0.0.1 by default" },
  },
  repeatable: ["from"],
  async run({ positionals: [text = ""], options, further, settings, progress }) {
    const seasonId = parseCount("SEASON", text, 1n);
    const sources = [options.from, ...(further.from ?? [])].flatMap((url) =>
      url ? [parsePlainUrl("--from", url)] : [],
    );
    const at = options.serve === undefined ? undefined : parseListener("--serve", options.serve);
    const { client } = await openConnection(settings);
    await readSeason(client, seasonId);
    const directory = settings.content;
    const found = await mirrorSeason(client, openContent(directory, [...sources, settings.api]), seasonId);
    const good = found.every(({ what, failure }) => what !== "model" || failure === undefined);
    if (at !== undefined && good) {
      const server = await serveContent(directory, at);
      progress.say(`Serving ${directory} at ${server.url}/ipfs/ until Ctrl-C.`);
      const stop = new AbortController();
      const { signal } = stop;
      await Promise.race([once(process, "SIGINT", { signal }), once(process, "SIGTERM", { signal })]);
      stop.abort();
      await server.close();
    }
    return {
      good,
      text: [...found.map(lineOf), `Kept in ${directory}.`].join("\n"),
      json: { seasonId, directory, content: found.map((each) => ({ ...each, failure: each.failure ?? null })) },
    };
  },
};

const lineOf = ({ cid, what, failure }: Mirrored): string =>
  `${what.padEnd(8)}  ${cid}${failure === undefined ? "" : `\n  missing: ${wrap(quoted(failure), 11)}`}`;
