import { globSync, readFileSync } from "node:fs";
import { expect } from "chai";

const root = new URL("../../", import.meta.url).pathname;
const ERROR = /((?:^ *\/\/\/.*\n)*)^ *error (\w+)\(([^)]*)\);/gm;

/** Every custom error of the contracts with its comment and its parameters' names. */
function declaredErrors() {
  return globSync("contracts/**/*.sol", { cwd: root })
    .filter((file) => !file.includes("mocks"))
    .flatMap((file) => [...readFileSync(`${root}${file}`, "utf8").matchAll(ERROR)])
    .map(([, comment = "", name = "", parameters = ""]) => ({
      ...{ name, comment },
      parameters: parameters.split(", ").flatMap((parameter) => parameter.split(" ").slice(1)),
    }));
}

// solhint's use-natspec looks at functions and events, not at errors.
describe("Custom errors", () => {
  it("are declared once each", () => {
    const names = declaredErrors().map(({ name }) => name);

    expect(names).to.have.length.greaterThan(70);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).to.deep.equal([]);
  });

  it("say when they are thrown, and what each parameter is", () => {
    for (const { name, comment, parameters } of declaredErrors()) {
      expect(comment, name).to.match(/^ *\/\/\/ @notice Thrown (when|unless) /);
      expect([...comment.matchAll(/@param (\w+) /g)].map(([, documented]) => documented)).to.deep.equal(parameters);
    }
  });
});
