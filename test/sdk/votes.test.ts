import { expect } from "chai";
import { keccak256, stringToHex } from "viem";
import { INVALID, UNAVAILABLE } from "../../sdk/votes.ts";

describe("votes for no output", () => {
  it("are the hashes of their names", () => {
    expect(INVALID).to.equal(keccak256(stringToHex("INVALID_V1")));
    expect(UNAVAILABLE).to.equal(keccak256(stringToHex("UNAVAILABLE_V1")));
  });
});
