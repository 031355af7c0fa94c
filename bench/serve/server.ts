import { keepTickShape } from "../../indexer/serve/next-tick-shape.ts";

// The indexer's server on the database that is named; without one, Fastify with only an empty route. Both begin as
// indexer/start.js does.
keepTickShape();
const [file, accounts] = process.argv.slice(2);
const app =
  file === undefined
    ? (await import("./empty.ts")).openEmpty()
    : await (await import("./full.ts")).openFull(file, Number(accounts));
process.once("SIGTERM", () => process.exit());
console.log(`Listening at ${await app.listen({ host: "127.0.0.1", port: 0 })}`);
