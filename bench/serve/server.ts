import { keepTickShape } from "../../indexer/serve/next-tick-shape.ts";

// The indexer's server on the file that is named, or an API server of the PostgreSQL database; without one, Fastify with only
// an empty route. All begin as indexer/start.js does.
keepTickShape();
const [file, accounts] = process.argv.slice(2);
process.once("SIGTERM", () => process.exit());
console.log(`Listening at ${await listen()}`);

async function listen(): Promise<string> {
  if (file?.startsWith("postgres")) return (await import("./member.ts")).openMember(file);
  const app =
    file === undefined
      ? (await import("./empty.ts")).openEmpty()
      : await (await import("./full.ts")).openFull(file, Number(accounts));
  return app.listen({ host: "127.0.0.1", port: 0 });
}
