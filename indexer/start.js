import "../prepare-node.js";

const { keepTickShape } = await import("./serve/next-tick-shape.ts");
keepTickShape();
const { runCommand } = await import("./command.ts");
await runCommand(process.argv.slice(2));
