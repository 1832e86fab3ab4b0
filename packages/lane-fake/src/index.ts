export { fakeLane } from "./fake-lane.ts";
export { FAKE_RECORD_VERSION, FAKE_RECORDS, type FakeFields, type FakeKind } from "./fake-record.ts";
