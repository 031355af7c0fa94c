import { describeAccess } from "./browser/access.ts";
import { describeCheck } from "./browser/check.ts";
import { describeConnections } from "./browser/connections.ts";
import { describeDescent } from "./browser/descent.ts";
import { describeEnding } from "./browser/ending.ts";
import { describeHonesty } from "./browser/honesty.ts";
import { describeLoad } from "./browser/load.ts";
import { describeNames } from "./browser/names.ts";
import { describeParticipation } from "./browser/participation.ts";
import { describePeople } from "./browser/people.ts";
import { describePrefix } from "./browser/prefix.ts";
import { describeRecords } from "./browser/records.ts";
import { openSite, type Site } from "./browser/site.ts";
import { describeStandings } from "./browser/standings.ts";
import { describeWelcome } from "./browser/welcome.ts";
import { describeWriting } from "./browser/writing.ts";

// One demo for all of them: what needs points to come in stands first, what needs season 1 to be settled last.
describe("page", function () {
  this.timeout(400_000);
  let site: Site;
  before(async () => {
    site = await openSite();
  });
  afterEach(() => site.empty());
  after(() => site?.close());

  describe("standings", () => describeStandings(() => site));
  describe("welcome", () => describeWelcome(() => site));
  describe("names", () => describeNames(() => site));
  describe("people", () => describePeople(() => site));
  describe("honesty", () => describeHonesty(() => site));
  describe("connections", () => describeConnections(() => site));
  describe("check it here", () => describeCheck(() => site));
  describe("writing", () => describeWriting(() => site));
  describe("records", () => describeRecords(() => site));
  describe("a dispute", () => describeDescent(() => site));
  describe("a page below a path", () => describePrefix(() => site));
  describe("participation", () => describeParticipation(() => site));
  describe("a season's end", () => describeEnding(() => site));
  describe("a first load", () => describeLoad(() => site));
  describe("access", () => describeAccess(() => site));
});
