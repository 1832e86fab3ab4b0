import { expect, test } from "vitest";
import { checkAuthorityLanguage } from "./authority-language.ts";

const found = (text: string): string[] =>
  checkAuthorityLanguage({ file: "prd.md", text }).map(({ line, found: words }) => `${line}: ${words}`);

test.each([
  ["Case is now the default backend."],
  ["Case becomes the default after the proof."],
  ["From then on, case will be\nthe default backend of the project."],
  ["Make Case the default backend."],
  ["- Switch the runtime to Case by default."],
  ["The operator will enable Case."],
  ["Candidate-default is active from June."],
  ["The record means activation; nothing else is needed."],
  ["The default backend is Case."],
  ["## Case is the default"],
  ["This is not a draft. Case is `now` the default."],
  ["It did not pass but Case is the default."],
])("R46: words that read as activation are found: %s (PLANNING_ACTIVATION_LANGUAGE)", (text) => {
  expect(found(text)).toHaveLength(1);
});

test.each([
  ["This PRD is promoted."],
  ["We promote the gate to Core."],
  ["This document is a Core Protocol."],
  ["The record carries Core authority."],
])("R42: words of promotion are found: %s (PLANNING_ACTIVATION_LANGUAGE)", (text) => {
  expect(found(text)).toHaveLength(1);
});

test.each([
  ["Case may push to the repository."],
  ["Merge is authorized for owned repositories."],
  ["This permits deployment to staging."],
  ["The lane is authorized to push."],
])("R41: words of permission are found: %s (PLANNING_ACTIVATION_LANGUAGE)", (text) => {
  expect(found(text)).toHaveLength(1);
});

test.each([
  ["Do not make Case the default backend."],
  ["Case is not the default backend."],
  ["That is not enough to make Case the default backend."],
  ["Candidate-default language may be mistaken for default backend activation."],
  ["No push, merge or deploy is authorized."],
  ["Existing fake lane remains the default validation lane."],
  ["Case remains disabled by default until Stage 6 evidence is recorded."],
  ["It can record Case as a candidate-default backend only after a proof."],
  ["```\nCase is the default\n```"],
])("R46: words that refuse or describe are let pass: %s", (text) => {
  expect(found(text)).toEqual([]);
});

test("names the line on which the sentence begins", () => {
  expect(found("# Title\n\nFine.\n\n- Fine too.\n- Case is\n  the default.\n")).toEqual([
    "6: Case is the default.",
  ]);
});
